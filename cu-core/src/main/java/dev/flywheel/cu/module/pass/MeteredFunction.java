package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One function of {@link Metering}: finds where charges can be put off, then writes the code.
 *
 * <p>The reference charges a segment where it begins. Here the sum of charges that are still to be
 * made is known at each place of the code, and is paid where it must be: in front of a call that
 * others may look from, at the end of the function, on a loop's way back, and where two ways with
 * different sums meet, on the dearer of them. So what is paid is at each of these places exactly
 * what the reference has charged, and never more in between.
 *
 * <p>The sum behind a block is the least that any way to its end brings along; it is found in a
 * first walk over the code, and the payments are written in a second one.
 */
final class MeteredFunction {

    /** What the reference's charge costs itself: a constant (1) and a call (90). */
    private static final int CHARGE_COST = 91;

    /** How often a br_table whose targets disagree may change the rest, before all pay in full. */
    private static final int ROUNDS_MAX = 6;

    private static final long NONE = Long.MAX_VALUE;

    /** Whether a function's callers need not have paid before they call it, by its index. */
    private final BitSet quiet;

    private final int gas;

    /** Charge of each segment, in the order of the code; 0 for those that the reference skips. */
    private long[] charges = new long[64];

    /** Sum put off behind the end of each block, by the number of its beginning; 0 for loops. */
    private long[] joins = new long[64];

    /**
     * Whether the function calls: a tree of calls takes time without any loop, code that neither
     * loops nor calls does not.
     */
    private boolean calls;

    /** Which br_tables pay all before, by their number. */
    private final BitSet payingTables = new BitSet();

    private final List<Table> tables = new ArrayList<>();
    private Frame[] frames = new Frame[16];
    private int depth;
    private int opened;
    private int segment;

    /** What is put off here; of no meaning where the code is not reached. */
    private long pending;

    private boolean reached;

    /** Where to write, in the second walk. */
    private WasmOutput out = new WasmOutput(16);

    private boolean writing;

    /** A br_table seen in the first walk: the blocks that it may go to. */
    private record Table(int number, List<Integer> targets) {}

    private static final class Frame {
        private int opcode;
        private int number;
        private boolean hasResult;

        /** The least that a way to its end brings along. */
        private long least;

        /** At the if. */
        private long pendingAtIf;

        private boolean reachedAtIf;
    }

    /**
     * @param gas index of the global
     * @param quiet see {@link QuietFunctions}
     */
    MeteredFunction(int gas, BitSet quiet) {
        this.gas = gas;
        this.quiet = quiet;
    }

    /**
     * Writes the function's code with its payments; the function itself stays as it is.
     *
     * @param hasResult of the function
     */
    void rewrite(Function function, boolean hasResult, WasmOutput to)
            throws MalformedModuleException {
        Bytes code = function.code;
        price(function);
        writing = false;
        payingTables.clear();
        for (int round = 0; ; round++) {
            tables.clear();
            walk(code, hasResult);
            if (!markDisagreeing(round == ROUNDS_MAX)) {
                break;
            }
        }
        out = to;
        writing = true;
        walk(code, hasResult);
    }

    /** Whether any br_table was marked that was not before. */
    private boolean markDisagreeing(boolean all) {
        boolean changed = false;
        for (Table table : tables) {
            long first = joins[table.targets().getFirst()];
            boolean agree = table.targets().stream().allMatch(target -> joins[target] == first);
            if ((!agree || all) && !payingTables.get(table.number())) {
                payingTables.set(table.number());
                changed = true;
            }
        }
        return changed;
    }

    private void price(Function function) throws MalformedModuleException {
        InstructionReader in = new InstructionReader(function.code);
        int count = 0;
        long cost = 0;
        calls = false;
        while (in.next()) {
            int opcode = in.opcode();
            int price = GasCosts.of(opcode);
            if (price < 0 || (isBlock(opcode) && !isShortType(in.immediate()))) {
                throw function.malformed(
                        in,
                        "instruction without a price in gas: opcode=0x"
                                + Integer.toHexString(opcode));
            }
            cost += price;
            calls |= opcode == Opcodes.CALL || opcode == Opcodes.CALL_INDIRECT;
            if (endsSegment(opcode)) {
                if (count == charges.length) {
                    charges = Arrays.copyOf(charges, count * 2);
                }
                charges[count++] = cost == 0 ? 0 : cost + CHARGE_COST;
                cost = 0;
            }
        }
    }

    private void walk(Bytes code, boolean hasResult) throws MalformedModuleException {
        depth = 0;
        opened = 0;
        segment = 0;
        pending = 0;
        reached = true;
        push(Opcodes.BLOCK, hasResult);
        int branchTables = 0;
        beginSegment();
        if (calls) {
            check();
        }
        InstructionReader in = new InstructionReader(code);
        while (in.next()) {
            int opcode = in.opcode();
            switch (opcode) {
                case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> open(in);
                case Opcodes.ELSE -> otherwise(in);
                case Opcodes.END -> close(in);
                case Opcodes.BR -> {
                    branch(in.index());
                    copy(in);
                    reached = false;
                }
                case Opcodes.BR_IF -> branchIf(in);
                case Opcodes.BR_TABLE -> branchTable(in, branchTables++);
                case Opcodes.RETURN, Opcodes.UNREACHABLE -> {
                    pay(pending);
                    copy(in);
                    reached = false;
                }
                case Opcodes.CALL -> {
                    if (!quiet.get(in.index())) {
                        pay(pending);
                    }
                    copy(in);
                }
                case Opcodes.CALL_INDIRECT -> {
                    pay(pending);
                    copy(in);
                }
                default -> copy(in);
            }
            if (endsSegment(opcode)) {
                segment++;
                beginSegment();
            }
        }
    }

    private void beginSegment() {
        if (reached && depth > 0) {
            pending += charges[segment];
        }
    }

    private void open(InstructionReader in) {
        int opcode = in.opcode();
        if (opcode == Opcodes.LOOP) {
            pay(pending); // at its beginning all ways there, the way back too, bring nothing
        }
        push(opcode, in.immediate() != WasmTypes.blockType(WasmTypes.EMPTY));
        copy(in);
        if (opcode == Opcodes.LOOP) {
            check();
        }
    }

    private void push(int opcode, boolean hasResult) {
        if (depth == frames.length) {
            frames = Arrays.copyOf(frames, depth * 2);
        }
        if (opened == joins.length) {
            joins = Arrays.copyOf(joins, opened * 2);
        }
        Frame frame = frames[depth];
        if (frame == null) {
            frame = new Frame();
            frames[depth] = frame;
        }
        depth++;
        frame.opcode = opcode;
        frame.number = opened++;
        frame.hasResult = hasResult;
        frame.least = NONE;
        frame.pendingAtIf = pending;
        frame.reachedAtIf = reached;
    }

    private void otherwise(InstructionReader in) {
        Frame frame = frames[depth - 1];
        frame.opcode = Opcodes.ELSE;
        arrive(frame);
        copy(in);
        pending = frame.pendingAtIf;
        reached = frame.reachedAtIf;
    }

    private void close(InstructionReader in) {
        Frame frame = frames[depth - 1];
        boolean whole = depth == 1;
        if (frame.opcode == Opcodes.LOOP) {
            copy(in); // only what falls through comes here
            depth--;
            return;
        }
        arrive(frame);
        if (frame.opcode == Opcodes.IF) {
            pending = frame.pendingAtIf;
            reached = frame.reachedAtIf;
            if (writing && reached && pending > joins[frame.number]) {
                out.opcode(Opcodes.ELSE);
            }
            arrive(frame);
        }
        copy(in);
        depth--;
        if (!writing) {
            joins[frame.number] = whole || frame.least == NONE ? 0 : frame.least;
        }
        reached = frame.least != NONE;
        pending = joins[frame.number];
    }

    /** Falls through to the end of a block. */
    private void arrive(Frame frame) {
        if (reached) {
            meet(frame);
        }
    }

    /** Comes to where a frame's label is, having paid what the label does not expect. */
    private void meet(Frame frame) {
        if (writing) {
            pay(pending - expected(frame));
        }
        frame.least = Math.min(frame.least, pending);
    }

    /** What is put off at a label. */
    private long expected(Frame frame) {
        return isFixed(frame) ? 0 : joins[frame.number];
    }

    private Frame target(int label) {
        return frames[depth - 1 - label];
    }

    private void branch(int label) {
        if (reached) {
            meet(target(label));
        }
    }

    private void branchIf(InstructionReader in) {
        Frame target = target(in.index());
        if (!reached) {
            copy(in);
            return;
        }
        if (target.hasResult && target.opcode != Opcodes.LOOP) {
            pay(pending); // its value could not pass into an if
        }
        long kept = pending;
        target.least = Math.min(target.least, kept);
        long due = kept - expected(target);
        if (writing && due > 0) {
            out.opcode(Opcodes.IF).u8(WasmTypes.EMPTY);
            pay(due);
            out.opcode(Opcodes.BR, in.index() + 1).opcode(Opcodes.END);
            pending = kept;
        } else {
            copy(in);
        }
    }

    private void branchTable(InstructionReader in, int number) {
        if (reached) {
            if (payingTables.get(number)) {
                pay(pending);
            }
            Set<Integer> targets = new LinkedHashSet<>();
            for (int i = 0; i < in.elements(); i++) {
                Frame target = target(in.element(i));
                target.least = Math.min(target.least, pending);
                targets.add(isFixed(target) ? 0 : target.number);
            }
            if (writing) {
                pay(pending - expected(target(in.element(0))));
            } else {
                tables.add(new Table(number, List.copyOf(targets)));
            }
        }
        copy(in);
        reached = false;
    }

    /** Whether nothing is ever put off at its label: the number 0 stands for such ones. */
    private static boolean isFixed(Frame frame) {
        return frame.opcode == Opcodes.LOOP || frame.number == 0;
    }

    private void pay(long amount) {
        if (!reached || amount == 0) {
            return;
        }
        pending -= amount;
        if (writing) {
            out.opcode(Opcodes.GLOBAL_GET, gas).opcode(Opcodes.I64_CONST).signed(amount);
            out.opcode(Opcodes.I64_SUB).opcode(Opcodes.GLOBAL_SET, gas);
        }
    }

    /** Stops when gas has run out. A load, a comparison with 0, and a jump never taken. */
    private void check() {
        if (reached && writing) {
            out.opcode(Opcodes.GLOBAL_GET, gas).opcode(Opcodes.I64_CONST).signed(0);
            out.opcode(Opcodes.I64_LT_S).opcode(Opcodes.IF).u8(WasmTypes.EMPTY);
            out.opcode(Opcodes.UNREACHABLE).opcode(Opcodes.END);
        }
    }

    private void copy(InstructionReader in) {
        if (writing) {
            out.bytes(in.bytes());
        }
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
}
