package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a first pass over a function finds out about one {@code try}: a translation must know at its
 * beginning what follows at its end.
 */
final class LegacyTry {

    /** In {@link #catches}: a clause for all exceptions. */
    static final int ALL = -1;

    /** Tags of the clauses, in order. */
    final List<Integer> catches = new ArrayList<>();

    boolean rethrown;
    boolean delegates;

    /** Where a delegate goes: the try whose clauses apply, or null for the function's caller. */
    @Nullable LegacyTry target;

    boolean isTarget;

    /** The label, counted from outside, of the block that delegates to here branch to. */
    int wrapperLabel;

    /** The next try outwards in whose body, not handlers, this one stands. */
    private @Nullable LegacyTry outer;

    private LegacyTry(@Nullable LegacyTry outer) {
        this.outer = outer;
    }

    /**
     * All tries of a function.
     *
     * @param byStart by the offset of the instruction that opens them
     * @param delegatesToCaller whether any delegates out of the function
     */
    record Survey(Map<Integer, LegacyTry> byStart, boolean delegatesToCaller) {}

    /**
     * An open block.
     *
     * @param of the try whose body or handler it is, if it is one
     * @param around the innermost try in whose body code in here stands
     */
    private record Open(@Nullable LegacyTry of, @Nullable LegacyTry around) {}

    static Survey survey(Function function) throws MalformedModuleException {
        Map<Integer, LegacyTry> tries = new HashMap<>();
        Map<LegacyTry, Open> delegates = new java.util.LinkedHashMap<>();
        List<Open> open = new ArrayList<>();
        open.add(new Open(null, null));
        InstructionReader in = new InstructionReader(function.code);
        while (in.next()) {
            Open last = open.isEmpty() ? new Open(null, null) : open.getLast();
            switch (in.opcode()) {
                case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF ->
                        open.add(new Open(null, last.around()));
                case Opcodes.TRY_TABLE ->
                        throw in.malformed("old and new exceptions in one function");
                case Opcodes.TRY -> {
                    LegacyTry opened = new LegacyTry(last.around());
                    tries.put(in.start(), opened);
                    open.add(new Open(opened, opened));
                }
                case Opcodes.CATCH, Opcodes.CATCH_ALL -> {
                    LegacyTry of = must(last, in);
                    of.catches.add(in.opcode() == Opcodes.CATCH ? in.index() : ALL);
                    open.set(open.size() - 1, new Open(of, of.outer));
                }
                case Opcodes.RETHROW ->
                        must(open.get(open.size() - 1 - in.index()), in).rethrown = true;
                case Opcodes.DELEGATE -> {
                    LegacyTry of = must(last, in);
                    of.delegates = true;
                    open.removeLast();
                    delegates.put(of, open.get(open.size() - 1 - in.index()));
                }
                case Opcodes.END -> open.removeLast();
                default -> {}
            }
        }
        boolean toCaller = false;
        for (Map.Entry<LegacyTry, Open> each : delegates.entrySet()) {
            LegacyTry target = catching(each.getValue().around());
            each.getKey().target = target;
            if (target == null) {
                toCaller = true;
            } else {
                target.isTarget = true;
            }
        }
        return new Survey(tries, toCaller);
    }

    private static LegacyTry must(Open open, InstructionReader in) throws MalformedModuleException {
        LegacyTry of = open.of();
        if (of == null) {
            throw in.malformed("instruction belongs to no try");
        }
        return of;
    }

    /** The first try outwards that does anything with an exception. */
    private static @Nullable LegacyTry catching(@Nullable LegacyTry from) {
        LegacyTry found = from;
        while (found != null && found.catches.isEmpty() && !found.delegates) {
            found = found.outer;
        }
        // The way is not walked again: input decides how long it is.
        LegacyTry at = from;
        while (at != null && at != found) {
            LegacyTry next = at.outer;
            at.outer = found;
            at = next;
        }
        return found;
    }
}
