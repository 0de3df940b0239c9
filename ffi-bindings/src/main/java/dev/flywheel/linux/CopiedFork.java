package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/** A fork with a copy of its own, where the system has no files of memory. */
final class CopiedFork implements MemoryFork {

    private final Mapping mapping;
    private final long bytes;
    private boolean closed;

    /** Owns the mapping, which holds the bytes. */
    CopiedFork(Mapping mapping, long bytes) {
        this.mapping = mapping;
        this.bytes = bytes;
    }

    @Override
    public long byteSize() {
        return bytes;
    }

    @Override
    public synchronized MemorySegment view() {
        if (closed) {
            throw new IllegalStateException("memory fork is closed: bytes=" + bytes);
        }
        return mapping.segment().asSlice(0, bytes).asReadOnly();
    }

    @Override
    public void mapOver(MemorySegment target) {
        MemorySegment own = view();
        if (target.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    "cannot copy a fork of bytes="
                            + bytes
                            + " over a memory of bytes="
                            + target.byteSize());
        }
        // Copies what differs only: most of a memory is zero.
        for (long at = 0; at < bytes; at += PageTrackingLimits.COMPARE_BYTES) {
            long end = Math.min(at + PageTrackingLimits.COMPARE_BYTES, bytes);
            if (MemorySegment.mismatch(own, at, end, target, at, end) >= 0) {
                MemorySegment.copy(own, at, target, at, end - at);
            }
        }
    }

    @Override
    public void release() {
        // What is in the target is the target's.
    }

    @Override
    public boolean isWhole() {
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        mapping.close();
    }
}
