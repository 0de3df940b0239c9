package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Functions that come back or trap, and let nobody look meanwhile: neither they nor what they call
 * call an import or through a table. An import may read gas, or leave all callers by an exception.
 */
final class QuietFunctions {

    /** Their indices. */
    static BitSet of(WasmModule module) throws MalformedModuleException {
        int imported = module.imported(Kind.FUNCTION);
        int count = module.functions.size();
        List<BitSet> callers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            callers.add(new BitSet());
        }
        BitSet quiet = new BitSet();
        quiet.set(imported, imported + count);
        Deque<Integer> loud = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            if (!look(module.functions.get(i), i, imported, callers)) {
                quiet.clear(imported + i);
                loud.add(i);
            }
        }
        while (!loud.isEmpty()) {
            for (int caller : callers.get(loud.remove()).stream().toArray()) {
                if (quiet.get(imported + caller)) {
                    quiet.clear(imported + caller);
                    loud.add(caller);
                }
            }
        }
        return quiet;
    }

    /** Notes whom a function calls; whether it calls by itself only functions of the module. */
    private static boolean look(Function function, int self, int imported, List<BitSet> callers)
            throws MalformedModuleException {
        boolean inside = true;
        InstructionReader in = new InstructionReader(function.code);
        while (in.next()) {
            if (in.opcode() == Opcodes.CALL && in.index() >= imported) {
                callers.get(in.index() - imported).set(self);
            } else if (in.opcode() == Opcodes.CALL || in.opcode() == Opcodes.CALL_INDIRECT) {
                inside = false;
            }
        }
        return inside;
    }

    private QuietFunctions() {}
}
