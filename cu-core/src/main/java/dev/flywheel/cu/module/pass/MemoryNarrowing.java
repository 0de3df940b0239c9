package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Data;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Limits;
import dev.flywheel.cu.module.binary.WasmModule.Memory;
import dev.flywheel.cu.module.binary.WasmOutput;

/**
 * A 64-bit memory that can never pass 4 GiB is addressed with 32 bits: the engine then needs no
 * bounds check of its own, since guard pages cover all that 32 bits can reach.
 *
 * <p>Each address gives its low half if its high half is zero; else a load at 0xFFFFFFFF, which
 * lies outside of any memory of at most 65,535 pages, traps as the access would have at the address
 * meant. Whatever a processor runs ahead with, it accesses by 32 bits, inside the memory's own
 * reservation. (A select instead of the branch costs as much as the engine's own bounds check.)
 * Everything else stays 64-bit: pointers in locals, globals, signatures and in memory.
 *
 * <p>Metering comes before: what is added here costs no gas.
 */
public final class MemoryNarrowing implements ModulePass {

    /** One below 4 GiB, so that 0xFFFFFFFF is outside for an access of no bytes too. */
    private static final long PAGES_MAX = 65_535;

    private static final long OFFSETS = 1L << 32;

    @Override
    public String identity() {
        return "narrow-2";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        if (!isEligible(module)) {
            return false;
        }
        Limits limits = module.memories.getFirst().limits();
        module.memories.set(0, new Memory(new Limits(false, limits.minimum(), limits.maximum())));
        for (int i = 0; i < module.data.size(); i++) {
            Data data = module.data.get(i);
            if (data.flags() != 1) {
                int place = (int) constant(data.offset());
                Bytes offset =
                        new WasmOutput(8)
                                .opcode(Opcodes.I32_CONST)
                                .signed(place)
                                .opcode(Opcodes.END)
                                .toBytes();
                module.data.set(i, new Data(data.flags(), data.memory(), offset, data.content()));
            }
        }
        WasmOutput out = new WasmOutput(1 << 14);
        for (Function function : module.functions) {
            int parameters = module.types.get(function.type).parameters().length();
            new NarrowedFunction(function, parameters + function.localCount(), out).rewrite();
        }
        return true;
    }

    private static boolean isEligible(WasmModule module) throws MalformedModuleException {
        if (module.memories.size() != 1 || module.imported(Kind.MEMORY) != 0) {
            return false;
        }
        Limits limits = module.memories.getFirst().limits();
        if (!limits.is64() || limits.maximum() < 0 || limits.maximum() > PAGES_MAX) {
            return false;
        }
        for (Data data : module.data) {
            if (data.flags() != 1 && constant(data.offset()) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The offset, if it is one constant below 4 GiB; else -1. */
    private static long constant(Bytes expression) throws MalformedModuleException {
        InstructionReader in = new InstructionReader(expression);
        if (!in.next() || in.opcode() != Opcodes.I64_CONST) {
            return -1;
        }
        long value = in.immediate();
        boolean alone = in.next() && in.opcode() == Opcodes.END;
        return alone && value >= 0 && value < OFFSETS ? value : -1;
    }
}
