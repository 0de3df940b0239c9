package dev.flywheel.cu.module.binary;

/**
 * Names the proposals of WebAssembly that the engine is told not to take, so that a refusal says
 * which one a module was built with. Each gives the end of a sentence, empty for what belongs to no
 * proposal.
 */
final class Proposals {

    private static final String REFERENCES = "typed function references";
    private static final String GC = "garbage collection";
    private static final String STACKS = "stack switching";
    private static final String SHARED = "shared-everything threads";

    private Proposals() {}

    static String off(String name) {
        return " (proposal " + name + " is off)";
    }

    /**
     * @param prefix 0 without one
     */
    static String ofInstruction(int prefix, int number) {
        return switch (prefix) {
            case 0 -> ofPlain(number);
            case 0xfb -> off(GC);
            case 0xfc -> number >= 19 && number <= 22 ? off("wide arithmetic") : "";
            case 0xfd -> number >= 0x100 && number <= 0x113 ? off("relaxed SIMD") : "";
            case 0xfe -> off("threads");
            default -> "";
        };
    }

    private static String ofPlain(int opcode) {
        return switch (opcode) {
            case 0x12, 0x13, 0x15 -> off("tail calls");
            case 0x14, 0xd4, 0xd5, 0xd6 -> off(REFERENCES);
            case 0xd3 -> off(GC);
            case 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6 -> off(STACKS);
            default -> "";
        };
    }

    /** Of the first byte of a value type. */
    static String ofType(int type) {
        return switch (type) {
            case 0x63, 0x64 -> off(REFERENCES);
            case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73, 0x74, 0x77, 0x78 -> off(GC);
            case 0x68, 0x75 -> off(STACKS);
            case 0x65 -> off(SHARED);
            default -> "";
        };
    }

    /** Of the first byte of an entry of the type section. */
    static String ofForm(int form) {
        return switch (form) {
            case 0x4e, 0x4f, 0x50, 0x5e, 0x5f -> off(GC);
            case 0x5d -> off(STACKS);
            case 0x65 -> off(SHARED);
            default -> "";
        };
    }

    static String ofLimits(int flags) {
        if (flags > 15) {
            return "";
        }
        return (flags & 8) != 0 ? off("custom page sizes") : off("threads");
    }
}
