package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One function of {@link LegacyExceptions}. Labels of the new code are counted from outside, so
 * that they stay what they are while blocks open and close.
 */
final class LegacyTranslation {

    private static final int CLAUSE_ALL = 2;
    private static final int CLAUSE_ALL_WITH_REFERENCE = 3;

    private enum Kind {
        FUNCTION,
        BLOCK,
        TRY,
        CATCH
    }

    /** An open block of the old code and what stands for it in the new one. */
    private static final class Frame {
        Kind kind;

        /** Of the new block that its old label means. */
        final int label;

        final @Nullable LegacyTry of;

        /** Handlers around it: numbers the local that holds the caught exception. */
        final int level;

        int tableLabel;

        Frame(Kind kind, int label, @Nullable LegacyTry of, int level) {
            this.kind = kind;
            this.label = label;
            this.of = of;
            this.level = level;
        }
    }

    private final WasmModule module;
    private final Function function;
    private final LegacyTry.Survey survey;
    private final int exceptionLocal;
    private final WasmOutput out;
    private final List<Frame> frames = new ArrayList<>();
    private int exceptionLocals;

    /** Labels open in the new code. */
    private int height = 1;

    private int level;

    LegacyTranslation(WasmModule module, Function function) throws MalformedModuleException {
        this.module = module;
        this.function = function;
        this.survey = LegacyTry.survey(function);
        this.exceptionLocal =
                module.types.get(function.type).parameters().length() + function.localCount();
        this.out = new WasmOutput(function.code.length() + function.code.length() / 8);
    }

    /** Replaces the function's code. */
    void run() throws MalformedModuleException {
        frames.add(new Frame(Kind.FUNCTION, 0, null, 0));
        int callerWrapper = height;
        if (survey.delegatesToCaller()) {
            open(Opcodes.BLOCK, WasmTypes.blockType(WasmTypes.EXNREF));
        }
        InstructionReader in = new InstructionReader(function.code);
        while (in.next()) {
            instruction(in, callerWrapper);
        }
        function.code = out.toBytes();
        if (exceptionLocals > 0) {
            function.locals.add(new Locals(exceptionLocals, WasmTypes.EXNREF));
        }
    }

    private void instruction(InstructionReader in, int callerWrapper)
            throws MalformedModuleException {
        int opcode = in.opcode();
        switch (opcode) {
            case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF ->
                    frames.add(new Frame(Kind.BLOCK, open(opcode, in.immediate()), null, 0));
            case Opcodes.TRY -> openTry(in, callerWrapper);
            case Opcodes.CATCH, Opcodes.CATCH_ALL -> openHandler(in);
            case Opcodes.DELEGATE -> {
                closeWrapper(frames.removeLast(), in);
                close();
                close();
            }
            case Opcodes.RETHROW -> {
                out.opcode(Opcodes.LOCAL_GET, exceptionLocal + frame(in.index()).level);
                out.opcode(Opcodes.THROW_REF);
            }
            case Opcodes.END -> end();
            case Opcodes.BR, Opcodes.BR_IF -> out.opcode(opcode, depth(frame(in.index()).label));
            case Opcodes.BR_TABLE -> {
                out.opcode(opcode, in.elements() - 1);
                for (int i = 0; i < in.elements(); i++) {
                    out.unsigned(depth(frame(in.element(i)).label));
                }
            }
            default -> out.bytes(in.bytes());
        }
    }

    private void openTry(InstructionReader in, int callerWrapper) throws MalformedModuleException {
        LegacyTry of = survey.byStart().get(in.start());
        if (of == null) {
            throw new IllegalStateException("try that was not surveyed: start=" + in.start());
        }
        long blockType = in.immediate();
        Bytes parameters = module.blockSignature(blockType).parameters();
        Frame frame = new Frame(Kind.TRY, open(Opcodes.BLOCK, blockType), of, level);
        if (of.delegates) {
            LegacyTry target = of.target;
            int place = target == null ? callerWrapper : target.wrapperLabel;
            int depth = depth(place);
            frame.tableLabel = open(Opcodes.TRY_TABLE, blockType);
            out.unsigned(1).u8(CLAUSE_ALL_WITH_REFERENCE).unsigned(depth);
        } else if (!of.catches.isEmpty()) {
            for (int i = of.catches.size() - 1; i >= 0; i--) {
                open(Opcodes.BLOCK, module.blockType(caught(of, i, parameters)));
            }
            frame.tableLabel = open(Opcodes.TRY_TABLE, blockType);
            clauses(of);
        }
        if (of.isTarget) {
            Bytes exception = WasmModule.valueTypes(WasmTypes.EXNREF);
            of.wrapperLabel =
                    open(Opcodes.BLOCK, module.blockType(new Signature(parameters, exception)));
        }
        frames.add(frame);
    }

    /** Type of the block around which a clause's handler stands: what it catches is left there. */
    private Signature caught(LegacyTry of, int clause, Bytes parameters) {
        int tag = of.catches.get(clause);
        WasmOutput types = new WasmOutput(8);
        if (tag != LegacyTry.ALL) {
            types.bytes(module.tagSignature(tag).parameters());
        }
        if (of.rethrown) {
            types.u8(WasmTypes.EXNREF);
        }
        return new Signature(parameters, types.toBytes());
    }

    private void clauses(LegacyTry of) {
        int reference = of.rethrown ? 1 : 0;
        out.unsigned(of.catches.size());
        for (int i = 0; i < of.catches.size(); i++) {
            int tag = of.catches.get(i);
            if (tag == LegacyTry.ALL) {
                out.u8(CLAUSE_ALL + reference);
            } else {
                out.u8(reference).unsigned(tag);
            }
            out.unsigned(i);
        }
    }

    private void openHandler(InstructionReader in) throws MalformedModuleException {
        Frame frame = frames.getLast();
        LegacyTry of = frame.of;
        if (of == null) {
            throw in.malformed("instruction belongs to no try");
        }
        if (frame.kind == Kind.TRY) {
            closeWrapper(frame, in);
            close();
        }
        out.opcode(Opcodes.BR, depth(frame.label));
        close();
        frame.kind = Kind.CATCH;
        if (of.rethrown) {
            out.opcode(Opcodes.LOCAL_SET, exceptionLocal + frame.level);
            exceptionLocals = Math.max(exceptionLocals, frame.level + 1);
            level = frame.level + 1;
        }
    }

    /**
     * What is delegated to a try arrives at the end of this block, and is thrown on to its clauses.
     */
    private void closeWrapper(Frame frame, InstructionReader in) throws MalformedModuleException {
        LegacyTry of = frame.of;
        if (of == null) {
            throw in.malformed("instruction belongs to no try");
        }
        if (of.isTarget) {
            out.opcode(Opcodes.BR, depth(frame.tableLabel));
            close();
            out.opcode(Opcodes.THROW_REF);
        }
    }

    private void end() {
        Frame frame = frames.removeLast();
        if (frame.kind == Kind.FUNCTION && survey.delegatesToCaller()) {
            out.opcode(Opcodes.RETURN);
            close();
            out.opcode(Opcodes.THROW_REF);
        }
        if (frame.kind == Kind.CATCH) {
            level = frame.level;
        }
        close();
    }

    /** Opens a block; its label, counted from outside. */
    private int open(int opcode, long blockType) {
        out.opcode(opcode).signed(blockType);
        return height++;
    }

    private void close() {
        out.opcode(Opcodes.END);
        height--;
    }

    private int depth(int label) {
        return height - 1 - label;
    }

    private Frame frame(int oldDepth) {
        return frames.get(frames.size() - 1 - oldDepth);
    }
}
