package dev.flywheel.cu.unit.takeover;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells failures of reading apart from those of writing. */
final class SourceStream extends FilterInputStream {
    /** What is read could not be read. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableException(IOException cause) {
            super("cannot be read: " + cause.getMessage(), cause);
        }
    }

    SourceStream(InputStream in) {
        super(in);
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
