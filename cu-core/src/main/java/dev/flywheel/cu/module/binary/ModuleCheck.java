package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Data;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Memory;

/**
 * Walks all code once (again only what was replaced): blocks are properly nested, labels point to
 * open ones, indices that passes follow to what is there, and {@link ModuleLimits} hold. Afterwards
 * passes may trust these. Types are the engine's business.
 */
public final class ModuleCheck {

    private final WasmModule module;
    private final int factor;
    private final BodyCheck body;

    private ModuleCheck(WasmModule module, int factor) {
        this.module = module;
        this.factor = factor;
        this.body = new BodyCheck(factor, module);
    }

    /** Checks a module as published. */
    public static void published(WasmModule module) throws MalformedModuleException {
        new ModuleCheck(module, 1).check();
    }

    /** Checks what passes made of it, under the larger limits of rewritten code. */
    public static void rewritten(WasmModule module) throws MalformedModuleException {
        new ModuleCheck(module, ModuleLimits.REWRITTEN_FACTOR).check();
    }

    @SuppressWarnings("ReferenceEquality") // the very bytes; to compare them would be another walk
    private void check() throws MalformedModuleException {
        long locals = 0;
        for (Function function : module.functions) {
            locals += function.localCount();
            if (locals > (long) ModuleLimits.LOCALS_SUM_MAX * factor) {
                throw new MalformedModuleException(
                        function.code.offset(),
                        "too many locals in all functions: count=" + locals);
            }
            if (function.checked != function.code) {
                body.check(function);
                function.checked = function.code;
            }
        }
        data();
    }

    private void data() throws MalformedModuleException {
        long sum = 0;
        for (Data data : module.data) {
            sum += data.content().length();
            if (sum > ModuleLimits.DATA_BYTES_MAX) {
                throw new MalformedModuleException(
                        data.content().offset(), "too much data: bytes=" + sum);
            }
            if (data.flags() != 1) {
                place(data);
            }
        }
    }

    /** A segment at a constant place must lie in the memory, or instantiating would fail anyway. */
    private void place(Data data) throws MalformedModuleException {
        InstructionReader offset = new InstructionReader(data.offset());
        offset.next();
        int opcode = offset.opcode();
        long start =
                opcode == Opcodes.I32_CONST
                        ? offset.immediate() & 0xffff_ffffL
                        : offset.immediate();
        if ((opcode != Opcodes.I32_CONST && opcode != Opcodes.I64_CONST)
                || offset.end() - data.offset().offset() + 1 != data.offset().length()
                || module.memories.isEmpty()) {
            return; // not known before instantiation
        }
        Memory memory = module.memories.getFirst();
        long bytes = memory.limits().minimum() << 16;
        if (memory.limits().minimum() < 1L << 47 // else everything is inside
                && (start < 0 || start > bytes - data.content().length())) {
            throw new MalformedModuleException(
                    data.content().offset(),
                    "data outside of the memory: start="
                            + Long.toUnsignedString(start)
                            + " bytes="
                            + data.content().length()
                            + " memoryBytes="
                            + bytes);
        }
    }
}
