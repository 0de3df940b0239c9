package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Limits;
import dev.flywheel.cu.module.binary.WasmModule.Memory;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmOutput;

/**
 * Lets a host stop code that runs, at the price of one load: where code could go on without an end
 * (each round of a loop, each beginning of a function that calls) it reads a byte of a memory of
 * its own, {@code flywheel.interrupt}. The host takes that page away, and the next such read traps.
 *
 * <p>The engine's epochs do the same with a load, a second one behind it, a comparison, a jump and
 * a value kept in a register, which costs guests 16 to 35 % of their time. The read is an atomic
 * one, because the compiler leaves out a plain load whose value it has seen before in a loop that
 * stores nothing.
 *
 * <p>What comes out needs an engine with atomics and several memories ({@code
 * EngineOptions.hostInstructions}), which guests themselves may not use; {@link InstructionReader}
 * reads none of it, so nothing can come after this pass. A module without a memory of its own stays
 * as it is: it is no program of an AO process.
 */
public final class Interruption implements ModulePass {

    /** The exported memory of one page that is taken away. */
    public static final String MEMORY = "flywheel.interrupt";

    /**
     * The exported function that the module would have run when instantiated, if it had one: the
     * host calls it first, since only then it knows the page.
     */
    public static final String START = "flywheel.start";

    private static final Signature NOTHING = new Signature(Bytes.EMPTY, Bytes.EMPTY);

    private static final int ATOMIC = 0xfe;
    private static final int I32_LOAD8_U = 0x12;

    /** In an access's alignment: the memory's index follows. */
    private static final int NAMES_MEMORY = 0x40;

    private static final int DROP = 0x1a;

    @Override
    public String identity() {
        return "interrupt-1";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        if (module.memories.isEmpty() && module.imported(Kind.MEMORY) == 0) {
            return false; // ours would be the one that the guest's own instructions mean
        }
        int memory = module.imported(Kind.MEMORY) + module.memories.size();
        module.needSection(WasmModule.MEMORY);
        module.memories.add(new Memory(new Limits(false, 1, 1)));
        module.needSection(WasmModule.EXPORT);
        module.exports.add(new Export(MEMORY, Kind.MEMORY, memory));
        Integer start = module.start;
        if (start != null && module.signature(start).equals(NOTHING)) { // else it is refused later
            module.removeStart();
            module.exports.add(new Export(START, Kind.FUNCTION, start));
        }
        WasmOutput out = new WasmOutput(1 << 14);
        for (Function function : module.functions) {
            out.clear();
            InstructionReader in = new InstructionReader(function.code);
            boolean calls = false;
            boolean loops = false;
            while (in.next()) {
                int opcode = in.opcode();
                calls |= opcode == Opcodes.CALL || opcode == Opcodes.CALL_INDIRECT;
                out.bytes(in.bytes());
                if (opcode == Opcodes.LOOP) {
                    loops = true;
                    read(out, memory);
                }
            }
            if (calls) {
                WasmOutput whole = new WasmOutput(out.size() + 16);
                read(whole, memory);
                function.code = whole.bytes(out).toBytes();
            } else if (loops) {
                function.code = out.toBytes();
            }
        }
        return true;
    }

    private static void read(WasmOutput out, int memory) {
        out.opcode(Opcodes.I32_CONST).signed(0);
        out.u8(ATOMIC).unsigned(I32_LOAD8_U).u8(NAMES_MEMORY).unsigned(memory).unsigned(0);
        out.u8(DROP);
    }
}
