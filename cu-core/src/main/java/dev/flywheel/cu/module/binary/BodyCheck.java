package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Function;
import java.util.Arrays;

/**
 * Nesting, indices and limits of one function's code. Without recursion, whatever the input nests.
 */
final class BodyCheck {

    private static final byte FUNCTION = 0;
    private static final byte BLOCK = 1;
    private static final byte IF = 2;
    private static final byte TRY = 3;
    private static final byte CATCH = 4;
    private static final byte CATCH_ALL = 5;

    private final int factor;
    private final CodeIndices indices;

    final BodyPeaks peaks = new BodyPeaks();

    /** Kinds of the open blocks; the function itself is the first. */
    private byte[] open = new byte[64];

    private int depth;
    private int blocks;
    private int calls;
    private boolean legacy;

    /** By label: the number of the br_table that last named it, to count different ones. */
    private int[] named = new int[64];

    private int tables;

    BodyCheck(int factor, WasmModule module) {
        this.factor = factor;
        this.indices = new CodeIndices(module);
    }

    void check(Function function) throws MalformedModuleException {
        int locals = function.localCount();
        int offset = function.code.offset();
        atMost(offset, "code of a function", function.code.length(), ModuleLimits.BODY_BYTES_MAX);
        atMost(offset, "locals of a function", locals, ModuleLimits.LOCALS_MAX);
        depth = 1;
        open[0] = FUNCTION;
        blocks = 0;
        calls = 0;
        legacy = false;
        InstructionReader instructions = new InstructionReader(function.code);
        while (instructions.next()) {
            if (depth == 0) {
                throw instructions.malformed("code behind the end of a function");
            }
            instruction(instructions);
            indices.check(instructions);
        }
        if (depth != 0) {
            throw instructions.malformed("blocks left open at the end of a function: " + depth);
        }
        function.legacyExceptions = legacy;
        peaks.body(function.code.length(), locals, blocks, calls);
        atMost(offset, "blocks of a function", blocks, ModuleLimits.BLOCKS_MAX);
        atMost(offset, "calls of a function", calls, ModuleLimits.CALLS_MAX);
        if ((long) locals * blocks > ModuleLimits.LOCALS_BY_BLOCKS_MAX * factor) {
            throw new MalformedModuleException(
                    offset, "function too complex: locals=" + locals + " blocks=" + blocks);
        }
    }

    private void instruction(InstructionReader in) throws MalformedModuleException {
        switch (in.opcode()) {
            case Opcodes.BLOCK, Opcodes.LOOP -> push(in, BLOCK);
            case Opcodes.IF -> push(in, IF);
            case Opcodes.TRY -> {
                legacy = true; // the others are found only behind it
                push(in, TRY);
            }
            case Opcodes.TRY_TABLE -> {
                for (int i = 2; i < in.elements(); i += 3) {
                    label(in, in.element(i));
                }
                peaks.tryTable(in.elements() / 3);
                push(in, BLOCK);
            }
            case Opcodes.ELSE -> replace(in, BLOCK, open[depth - 1] == IF);
            case Opcodes.CATCH -> replace(in, CATCH, isTryOrCatch());
            case Opcodes.CATCH_ALL -> replace(in, CATCH_ALL, isTryOrCatch());
            case Opcodes.DELEGATE -> {
                replace(in, BLOCK, open[depth - 1] == TRY);
                depth--;
                label(in, in.index());
            }
            case Opcodes.RETHROW -> {
                label(in, in.index());
                byte target = open[depth - 1 - in.index()];
                if (target != CATCH && target != CATCH_ALL) {
                    throw in.malformed("rethrow of no caught exception");
                }
            }
            case Opcodes.END -> depth--;
            case Opcodes.BR, Opcodes.BR_IF -> label(in, in.index());
            case Opcodes.BR_TABLE -> branchTable(in);
            case Opcodes.CALL, Opcodes.CALL_INDIRECT -> calls++;
            default -> {}
        }
    }

    private boolean isTryOrCatch() {
        return open[depth - 1] == TRY || open[depth - 1] == CATCH;
    }

    private void push(InstructionReader in, byte kind) throws MalformedModuleException {
        if (depth >= ModuleLimits.DEPTH_MAX * factor) {
            throw in.malformed("blocks nested too deeply: max=" + ModuleLimits.DEPTH_MAX * factor);
        }
        if (depth == open.length) {
            open = Arrays.copyOf(open, depth * 2);
        }
        open[depth++] = kind;
        blocks++;
        peaks.open(depth);
    }

    private void replace(InstructionReader in, byte kind, boolean fits)
            throws MalformedModuleException {
        if (!fits) {
            throw in.malformed(
                    "instruction belongs to no open block: opcode=0x"
                            + Integer.toHexString(in.opcode()));
        }
        open[depth - 1] = kind;
        if (kind != BLOCK) {
            blocks++; // a handler becomes a block of its own
        }
    }

    private void label(InstructionReader in, int label) throws MalformedModuleException {
        if (label >= depth) {
            throw in.malformed("no such label: label=" + label + " open=" + depth);
        }
    }

    private void branchTable(InstructionReader in) throws MalformedModuleException {
        if (named.length < open.length) {
            named = Arrays.copyOf(named, open.length);
        }
        tables++;
        int different = 0;
        for (int i = 0; i < in.elements(); i++) {
            int label = in.element(i);
            label(in, label);
            if (named[label] != tables) {
                named[label] = tables;
                different++;
            }
        }
        peaks.branchTable(in.elements() - 1, different);
        atMost(in.start(), "labels of a br_table", different, ModuleLimits.BRANCH_LABELS_MAX);
    }

    private void atMost(int offset, String what, int count, int max)
            throws MalformedModuleException {
        if (count > (long) max * factor) {
            throw new MalformedModuleException(
                    offset,
                    "too much of " + what + ": count=" + count + " max=" + (long) max * factor);
        }
    }
}
