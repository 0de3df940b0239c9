package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;

/**
 * Charges as the reference's instrumentation does, one segment after the other, each before it
 * runs: only that it takes from a global where the reference calls an import. What {@link Metering}
 * must come to with fewer payments.
 *
 * <pre>
 * left = flywheel.gas - cost;  flywheel.gas = left;  if (left &lt; 0) unreachable
 * </pre>
 */
public final class SimpleMetering implements ModulePass {

    /** What the reference's charge costs itself: a constant (1) and a call (90). */
    private static final int CHARGE_COST = 91;

    @Override
    public String identity() {
        return "gas-1";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        int gas = Metering.addGasGlobal(module);
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

    private static void meter(Bytes code, int gas, int left, WasmOutput out)
            throws MalformedModuleException {
        InstructionReader in = new InstructionReader(code);
        int segment = code.offset();
        long cost = 0;
        while (in.next()) {
            int opcode = in.opcode();
            cost += GasCosts.of(opcode);
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
}
