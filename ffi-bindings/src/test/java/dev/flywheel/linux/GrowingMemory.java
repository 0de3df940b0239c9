package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * A memory as an engine makes it: a reservation, inaccessible above the present length, which grows
 * within it.
 */
final class GrowingMemory implements AutoCloseable {

    static final long PAGE = CLibrary.PAGE_BYTES;
    private static final int MADV_DONTNEED = 4;

    final long address;
    final long reservedBytes;
    private final Arena arena = Arena.ofShared();
    private long usedBytes;

    GrowingMemory(long pages, long reservedPages) {
        reservedBytes = reservedPages * PAGE;
        address = CLibrary.mmapAnonymous(reservedBytes, CLibrary.PROT_NONE);
        if (address < 0) {
            throw new IllegalStateException("mmap failed: " + CLibrary.text(address));
        }
        grow(pages);
    }

    void grow(long pages) {
        int result =
                CLibrary.mprotect(
                        address + usedBytes,
                        pages * PAGE,
                        CLibrary.PROT_READ | CLibrary.PROT_WRITE);
        if (result < 0) {
            throw new IllegalStateException("mprotect failed: " + CLibrary.text(result));
        }
        usedBytes += pages * PAGE;
    }

    MemorySegment view() {
        return MemorySegment.ofAddress(address).reinterpret(usedBytes, arena, null);
    }

    long pages() {
        return usedBytes / PAGE;
    }

    /** Changes one byte of the page, wherever in it. */
    void change(long page, Random random) {
        long at = page * PAGE + random.nextInt((int) PAGE);
        view().set(JAVA_BYTE, at, (byte) (view().get(JAVA_BYTE, at) + 1 + random.nextInt(255)));
    }

    void discard(long page, long pages) {
        int result = CLibrary.madvise(address + page * PAGE, pages * PAGE, MADV_DONTNEED);
        if (result < 0) {
            throw new IllegalStateException("madvise failed: " + CLibrary.text(result));
        }
    }

    byte[] bytes() {
        return view().toArray(JAVA_BYTE);
    }

    /** What a restore point would put back. */
    static byte[] bytesOf(RestorePoint point) {
        try (Mapping all = Mapping.reserve(Math.max(point.takenBytes(), PAGE))) {
            point.copyTo(all.segment());
            return all.segment().asSlice(0, point.takenBytes()).toArray(JAVA_BYTE);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            CLibrary.munmap(address, reservedBytes);
        }
    }
}
