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
 * Gas, the same to the unit as the reference's instrumentation charges. There, code is cut into
 * straight segments, and each calls an import that charges for it before it runs, which makes code
 * four times as slow. Here charges are taken from an exported global, and put off and added up as
 * long as nobody can see the difference ({@link MeteredFunction}):
 *
 * <ul>
 *   <li>at each call of the host, and when the host's own call comes back, the global holds exactly
 *       the limit less what the reference has charged by then;
 *   <li>in between, and when code traps, it holds that or some more: at most what the functions
 *       that have begun still owe.
 * </ul>
 *
 * <p>Code stops itself ({@code unreachable}) where it finds the global negative: at the beginning
 * of loops, on each round, and of functions that call. That is up to one function's straight code
 * later than the reference throws, so the host has to look too when it is called or its call comes
 * back: less than nothing left is out of gas, whatever happened since. A charge up to the limit
 * itself passes, as there. What the reference's instrumentation cannot read (it fails, or makes a
 * broken module) is refused, never priced by a table of our own.
 */
public final class Metering implements ModulePass {

    /** The exported mutable i64 global with the gas left. Negative: out of gas. */
    public static final String GAS_GLOBAL = "flywheel.gas";

    /** The reference's limit when none is given; a module starts with it. */
    public static final long DEFAULT_LIMIT = 9_000_000_000_000_000L;

    @Override
    public String identity() {
        return "gas-2";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        checkReadable(module);
        int gas = addGasGlobal(module);
        MeteredFunction metered = new MeteredFunction(gas, QuietFunctions.of(module));
        WasmOutput out = new WasmOutput(1 << 14);
        for (Function function : module.functions) {
            boolean hasResult = module.types.get(function.type).results().length() > 0;
            out.clear();
            metered.rewrite(function, hasResult, out);
            function.code = out.toBytes();
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
