package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A fork that maps the files of the copy, privately: a place where a guest may run, beside a
 * picture of the state that it shares with other forks. All under the lock of the copy.
 */
final class MappedFork implements MemoryFork {

    private final Picture picture;
    private final MemoryCopy copy;
    private final long bytes;
    private @Nullable MemorySegment target;

    /** Whether the target holds the fork's bytes, and must go on to. */
    private boolean mapped;

    private boolean closed;

    MappedFork(Picture picture) {
        this.picture = picture;
        this.copy = picture.copy();
        this.bytes = picture.byteSize();
    }

    @Override
    public long byteSize() {
        return bytes;
    }

    @Override
    public MemorySegment view() {
        synchronized (copy) {
            requireUsable();
            return picture.view().asReadOnly();
        }
    }

    @Override
    public void mapOver(MemorySegment memory) {
        if (memory.byteSize() < bytes || memory.address() % CLibrary.PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "cannot map a fork of bytes="
                            + bytes
                            + " over a memory of bytes="
                            + memory.byteSize()
                            + " at address=0x"
                            + Long.toHexString(memory.address()));
        }
        synchronized (copy) {
            requireUsable();
            MemorySegment before = liveTarget();
            if (before != null && before.address() == memory.address()) {
                discard(before);
            } else {
                target = null;
                if (bytes > 0) {
                    picture.mapOver(memory.address());
                }
            }
            target = memory;
            mapped = true;
            picture.putOwned(memory);
        }
    }

    @Override
    public void release() {
        synchronized (copy) {
            MemorySegment before = liveTarget();
            if (before != null && mapped) {
                discard(before);
            }
            mapped = false;
        }
    }

    /** What was written there is gone; the files' pages of now are seen. */
    private void discard(MemorySegment memory) {
        if (bytes == 0 || !mapped) {
            return;
        }
        int result = CLibrary.madvise(memory.address(), bytes, CLibrary.MADV_DONTNEED);
        if (result < 0) {
            target = null; // to be mapped anew
            throw picture.refused(result);
        }
    }

    /** Other things may lie where a memory was that has ended. */
    private @Nullable MemorySegment liveTarget() {
        if (target != null && !target.scope().isAlive()) {
            target = null;
            mapped = false;
        }
        return target;
    }

    /** The memory that must go on to have the fork's bytes, if any. */
    @Nullable MemorySegment running() {
        return mapped ? liveTarget() : null;
    }

    @Override
    public boolean isWhole() {
        synchronized (copy) {
            return !picture.isLost();
        }
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException("memory fork is closed: bytes=" + bytes);
        }
        requireWhole();
    }

    @Override
    public void close() {
        synchronized (copy) {
            if (!closed) {
                closed = true;
                target = null;
                picture.close(this);
            }
        }
    }
}
