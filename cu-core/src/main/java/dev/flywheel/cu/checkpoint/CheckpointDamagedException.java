package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint is not what it should be, whatever the reason; it must not be used. */
public final class CheckpointDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;

    CheckpointDamagedException(Path file, long offset, String why) {
        super("checkpoint damaged: file=%s offset=%d why=%s".formatted(file, offset, why));
        this.file = file;
        this.offset = offset;
    }

    /** The file that is damaged. */
    public Path file() {
        return file;
    }

    /** The first byte that is known to be in a wrong part. */
    public long offset() {
        return offset;
    }
}
