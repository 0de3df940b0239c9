package dev.flywheel.cu.unit.takeover;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells failures of reading apart from those of writing. */
final class SourceStream extends FilterInputStream {
    /** What is read could not be read. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableException(IOException cause) {
            super("cannot be read (" + cause + ")", cause);
        }
    }

    private static final int READ_BYTES = 256 << 10;

    private SourceStream(InputStream in) {
        super(in);
    }

    static SourceStream open(Path file) throws UnreadableException {
        try {
            return new SourceStream(
                    new BufferedInputStream(Files.newInputStream(file), READ_BYTES));
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }
}
