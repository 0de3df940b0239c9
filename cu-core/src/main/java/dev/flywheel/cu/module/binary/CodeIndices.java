package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Kind;

/**
 * Checks that indices in code which a pass follows point to something of the module: those of
 * functions, types, globals, tags and called tables. The others are the engine's business.
 */
final class CodeIndices {

    private final int types;
    private final int functions;
    private final int tables;
    private final int globals;
    private final int tags;

    /** Of the module as it is now. */
    CodeIndices(WasmModule module) {
        types = module.types.size();
        functions = module.count(Kind.FUNCTION);
        tables = module.count(Kind.TABLE);
        globals = module.count(Kind.GLOBAL);
        tags = module.count(Kind.TAG);
    }

    void check(InstructionReader in) throws MalformedModuleException {
        switch (in.opcode()) {
            case Opcodes.CALL, Opcodes.REF_FUNC -> below(functions, "function", in.index(), in);
            case Opcodes.CALL_INDIRECT -> {
                below(types, "type", in.index(), in);
                below(tables, "table", in.second(), in);
            }
            case Opcodes.GLOBAL_GET, Opcodes.GLOBAL_SET -> below(globals, "global", in.index(), in);
            case Opcodes.THROW, Opcodes.CATCH -> below(tags, "tag", in.index(), in);
            case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF, Opcodes.TRY -> blockType(in);
            case Opcodes.TRY_TABLE -> {
                blockType(in);
                for (int i = 0; i < in.elements(); i += 3) {
                    if (in.element(i) < 2) { // the others catch whatever the tag
                        below(tags, "tag", in.element(i + 1), in);
                    }
                }
            }
            default -> {}
        }
    }

    private void blockType(InstructionReader in) throws MalformedModuleException {
        if (in.immediate() >= 0) {
            below(types, "type", (int) in.immediate(), in);
        }
    }

    private static void below(int count, String what, int index, InstructionReader in)
            throws MalformedModuleException {
        if (index < 0 || index >= count) {
            throw in.malformed(
                    "no such "
                            + what
                            + ": index="
                            + Integer.toUnsignedString(index)
                            + " count="
                            + count);
        }
    }
}
