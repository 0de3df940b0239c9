package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Global;
import dev.flywheel.cu.module.binary.WasmModule.GlobalKind;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;

/**
 * Gas, the same to the unit as the reference's instrumentation charges. Code is cut into straight
 * segments, and each pays for its instructions before it runs. Where the reference calls an import,
 * at four times the run time, this takes from an exported global:
 *
 * <pre>
 * left = flywheel.gas - cost;  flywheel.gas = left;  if (left &lt; 0) unreachable
 * </pre>
 *
 * so that a charge up to the limit itself passes, as there. What the reference's instrumentation
 * cannot read (it fails, or makes a broken module) is refused, never priced by a table of our own.
 */
public final class Metering implements ModulePass {

    /** The exported mutable i64 global with the gas left. */
    public static final String GAS_GLOBAL = "flywheel.gas";

    /** The reference's limit when none is given; a module starts with it. */
    public static final long DEFAULT_LIMIT = 9_000_000_000_000_000L;

    /** What the reference's charge costs itself: a constant (1) and a call (90). */
    private static final int CHARGE_COST = 91;

    @Override
    public String identity() {
        return "gas-1";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        checkReadable(module);
        int gas = addGasGlobal(module);
        WasmOutput out = new WasmOutput(1 << 14);
        for (Function function : module.functions) {
            int parameters = module.types.get(function.type).parameters().length();
            int left = parameters + function.localCount();
            out.clear();
            meter(function.code, gas, left, out);
            function.code = out.toBytes();
            function.locals.add(new Locals(1, WasmTypes.I64));
        }
        return true;
    }

    /** Appends the global with the gas left, exports it, and answers its index. */
    static int addGasGlobal(WasmModule module) {
        int gas = module.imported(Kind.GLOBAL) + module.globals.size();
        Bytes init =
                new WasmOutput(16)
                        .opcode(Opcodes.I64_CONST)
                        .signed(DEFAULT_LIMIT)
                        .opcode(Opcodes.END)
                        .toBytes();
        module.needSection(WasmModule.GLOBAL);
        module.globals.add(new Global(new GlobalKind(WasmTypes.I64, true), init));
        module.needSection(WasmModule.EXPORT);
        module.exports.add(new Export(GAS_GLOBAL, Kind.GLOBAL, gas));
        return gas;
    }

    private static void meter(Bytes code, int gas, int left, WasmOutput out)
            throws MalformedModuleException {
        InstructionReader in = new InstructionReader(code);
        int segment = code.offset();
        long cost = 0;
        while (in.next()) {
            int opcode = in.opcode();
            int price = GasCosts.of(opcode);
            if (price < 0 || (isBlock(opcode) && !isShortType(in.immediate()))) {
                throw in.malformed(
                        "instruction without a price in gas: opcode=0x"
                                + Integer.toHexString(opcode));
            }
            cost += price;
            if (endsSegment(opcode)) {
                if (cost != 0) {
                    charge(cost + CHARGE_COST, gas, left, out);
                }
                out.bytes(in.between(segment, in.end()));
                segment = in.end();
                cost = 0;
            }
        }
    }

    private static void charge(long cost, int gas, int left, WasmOutput out) {
        out.opcode(Opcodes.GLOBAL_GET, gas).opcode(Opcodes.I64_CONST).signed(cost);
        out.opcode(Opcodes.I64_SUB).opcode(Opcodes.LOCAL_TEE, left);
        out.opcode(Opcodes.GLOBAL_SET, gas).opcode(Opcodes.LOCAL_GET, left);
        out.opcode(Opcodes.I64_CONST).signed(0).opcode(Opcodes.I64_LT_S);
        out.opcode(Opcodes.IF).u8(WasmTypes.EMPTY);
        out.opcode(Opcodes.UNREACHABLE).opcode(Opcodes.END);
    }

    private static boolean isBlock(int opcode) {
        return opcode == Opcodes.BLOCK || opcode == Opcodes.LOOP || opcode == Opcodes.IF;
    }

    private static boolean isShortType(long blockType) {
        return blockType == WasmTypes.blockType(WasmTypes.EMPTY)
                || (blockType < 0 && WasmTypes.isNumber((int) blockType + 0x80));
    }

    /** Blocks, calls and unreachable do not. */
    private static boolean endsSegment(int opcode) {
        return switch (opcode) {
            case Opcodes.LOOP,
                    Opcodes.IF,
                    Opcodes.ELSE,
                    Opcodes.END,
                    Opcodes.BR,
                    Opcodes.BR_IF,
                    Opcodes.BR_TABLE,
                    Opcodes.RETURN,
                    Opcodes.MEMORY_GROW ->
                    true;
            default -> false;
        };
    }

    /** Refuses what the reference's instrumentation misreads. */
    private static void checkReadable(WasmModule module) throws MalformedModuleException {
        require(!module.hasSection(WasmModule.TAG), "tags");
        for (WasmModule.Signature type : module.types) {
            require(type.results().length() < 2, "several results");
            requireNumbers(type.parameters());
            requireNumbers(type.results());
        }
        for (Function function : module.functions) {
            for (Locals locals : function.locals) {
                require(WasmTypes.isNumber(locals.type()), "locals that are no numbers");
            }
        }
        require(module.tables.stream().allMatch(t -> t.element() == WasmTypes.FUNCREF), "a table");
        for (WasmModule.Element element : module.elements) {
            require(element.flags() == 0, "segments other than active ones");
            requireOneInstruction(element.offset());
        }
        for (WasmModule.Data data : module.data) {
            require(data.flags() == 0, "segments other than active ones");
            requireOneInstruction(data.offset());
        }
        for (Global global : module.globals) {
            requireOneInstruction(global.init());
        }
        require(
                module.imports.stream()
                        .noneMatch(i -> i.module().equals("metering") && i.name().equals("usegas")),
                "metering of its own (importing metering function is not allowed)");
    }

    private static void requireNumbers(Bytes types) throws MalformedModuleException {
        for (int i = 0; i < types.length(); i++) {
            require(WasmTypes.isNumber(types.at(i)), "values that are no numbers");
        }
    }

    private static void requireOneInstruction(Bytes expression) throws MalformedModuleException {
        InstructionReader in = new InstructionReader(expression);
        int count = 0;
        while (in.next()) {
            count++;
        }
        require(count == 2, "an initialiser of several instructions"); // the other one is its end
    }

    private static void require(boolean holds, String what) throws MalformedModuleException {
        if (!holds) {
            throw new MalformedModuleException(
                    0, "gas cannot be counted, as in the reference: the module has " + what);
        }
    }
}
