package dev.flywheel.cu.module.binary;

/**
 * A module is not a well-formed WebAssembly binary, passes a limit, or holds what no pass of ours
 * knows. The message ends with the place in the binary.
 */
public final class MalformedModuleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long offset;

    /**
     * @param offset of the byte at which the reason was found, from the start of the binary
     */
    public MalformedModuleException(long offset, String reason) {
        super("module is malformed: " + reason + " offset=" + offset);
        this.offset = offset;
    }

    /** Where, in bytes from the start of the binary. */
    public long offset() {
        return offset;
    }
}
