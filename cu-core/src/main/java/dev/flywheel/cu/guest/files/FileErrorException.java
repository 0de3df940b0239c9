package dev.flywheel.cu.guest.files;

/** A file operation failed with an error number of WASI. Caught by the import that was called. */
final class FileErrorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    FileErrorException(int errno) {
        // No stack trace: guests cause it at will.
        super("errno=" + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
