package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;
import java.util.HashMap;
import java.util.Map;

/** One function of {@link MemoryNarrowing}. Works through the values on the stack by locals. */
final class NarrowedFunction {

    private static final int DROP = 0x1a;
    private static final int SELECT = 0x1b;

    /** The largest static offset that an access by 32 bits can have. */
    private static final long OFFSET_MAX = (1L << 32) - 1;

    private final Function function;
    private final int firstLocal;
    private final WasmOutput out;

    /** Locals added, by what they are for. */
    private final Map<String, Integer> locals = new HashMap<>();

    NarrowedFunction(Function function, int firstLocal, WasmOutput out) {
        this.function = function;
        this.firstLocal = firstLocal;
        this.out = out;
    }

    void rewrite() throws MalformedModuleException {
        out.clear();
        InstructionReader in = new InstructionReader(function.code);
        int copied = function.code.offset();
        while (in.next()) {
            int opcode = in.opcode();
            boolean load = Opcodes.isLoad(opcode);
            int stored = Opcodes.storedType(opcode);
            if (!load && stored == 0 && !isOfMemory(opcode)) {
                continue;
            }
            out.bytes(in.between(copied, in.start()));
            copied = in.end();
            if (load || stored != 0) {
                access(in, stored);
            } else {
                wholeMemory(in);
            }
        }
        if (copied != function.code.offset()) {
            function.code = out.bytes(in.between(copied, in.end())).toBytes();
        }
    }

    private static boolean isOfMemory(int opcode) {
        return switch (opcode) {
            case Opcodes.MEMORY_SIZE,
                    Opcodes.MEMORY_GROW,
                    Opcodes.MEMORY_INIT,
                    Opcodes.MEMORY_COPY,
                    Opcodes.MEMORY_FILL ->
                    true;
            default -> false;
        };
    }

    private void access(InstructionReader in, int stored) throws MalformedModuleException {
        if (in.second() != 0) {
            throw in.malformed("no such memory: index=" + in.second());
        }
        int value = stored == 0 ? -1 : local("value", stored);
        if (stored != 0) {
            out.opcode(Opcodes.LOCAL_SET, value);
        }
        boolean far = Long.compareUnsigned(in.immediate(), OFFSET_MAX) > 0;
        if (far) {
            // Outside of the memory whatever the address is.
            out.opcode(DROP).opcode(Opcodes.I32_CONST).signed(-1);
        } else {
            narrow();
        }
        if (stored != 0) {
            out.opcode(Opcodes.LOCAL_GET, value);
        }
        if (far) {
            out.opcode(in.opcode()).unsigned(0).unsigned(OFFSET_MAX);
            if (in.opcode() >= Opcodes.FD + 84 && in.opcode() <= Opcodes.FD + 91) {
                out.u8(in.bytes().at(in.bytes().length() - 1)); // the lane
            }
        } else {
            out.bytes(in.bytes());
        }
    }

    private void wholeMemory(InstructionReader in) {
        switch (in.opcode()) {
            case Opcodes.MEMORY_SIZE -> out.bytes(in.bytes()).opcode(Opcodes.I64_EXTEND_I32_U);
            case Opcodes.MEMORY_GROW -> {
                narrowOrMinusOne(); // 2^32 - 1 pages are refused as more would be
                out.bytes(in.bytes()).opcode(Opcodes.I64_EXTEND_I32_S);
            }
            case Opcodes.MEMORY_INIT -> bulk(in, WasmTypes.I32, WasmTypes.I32);
            case Opcodes.MEMORY_COPY -> bulk(in, WasmTypes.I64, WasmTypes.I64);
            default -> bulk(in, WasmTypes.I32, WasmTypes.I64); // memory.fill
        }
    }

    /** Operands lie as destination, source or value, count. */
    private void bulk(InstructionReader in, int middleType, int countType) {
        int count = local("count", countType);
        int middle = local("middle", middleType);
        out.opcode(Opcodes.LOCAL_SET, count).opcode(Opcodes.LOCAL_SET, middle);
        narrow();
        out.opcode(Opcodes.LOCAL_GET, middle);
        if (middleType == WasmTypes.I64) {
            narrow();
        }
        out.opcode(Opcodes.LOCAL_GET, count);
        if (countType == WasmTypes.I64) {
            narrow();
        }
        out.bytes(in.bytes());
    }

    /** An i64 on the stack becomes an i32 if it fits; else a load outside of any memory traps. */
    private void narrow() {
        int address = local("address", WasmTypes.I64);
        out.opcode(Opcodes.LOCAL_TEE, address).opcode(Opcodes.I64_CONST).signed(32);
        out.opcode(Opcodes.I64_SHR_U).opcode(Opcodes.I64_EQZ).opcode(Opcodes.I32_EQZ);
        out.opcode(Opcodes.IF).u8(WasmTypes.EMPTY);
        out.opcode(Opcodes.I32_CONST).signed(-1).opcode(Opcodes.I32_LOAD8_U).unsigned(0);
        out.unsigned(0).opcode(DROP).opcode(Opcodes.UNREACHABLE).opcode(Opcodes.END);
        out.opcode(Opcodes.LOCAL_GET, address).opcode(Opcodes.I32_WRAP_I64);
    }

    /** An i64 on the stack becomes an i32: itself, or -1 when it does not fit. */
    private void narrowOrMinusOne() {
        int address = local("address", WasmTypes.I64);
        out.opcode(Opcodes.LOCAL_TEE, address).opcode(Opcodes.I32_WRAP_I64);
        out.opcode(Opcodes.I32_CONST).signed(-1);
        out.opcode(Opcodes.LOCAL_GET, address).opcode(Opcodes.I64_CONST).signed(32);
        out.opcode(Opcodes.I64_SHR_U).opcode(Opcodes.I64_EQZ).opcode(SELECT);
    }

    private int local(String purpose, int type) {
        return locals.computeIfAbsent(
                purpose + type,
                key -> {
                    function.locals.add(new Locals(1, type));
                    return firstLocal + locals.size();
                });
    }
}
