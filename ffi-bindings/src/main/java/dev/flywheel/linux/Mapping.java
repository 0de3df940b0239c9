package dev.flywheel.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Address space of our own, all zero at first, of which only written pages take room. Owned by
 * whoever made it; access from any thread; access after close is refused.
 */
public final class Mapping implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private Mapping(long address, long bytes) {
        segment =
                MemorySegment.ofAddress(address)
                        .reinterpret(bytes, arena, _ -> CLibrary.munmap(address, bytes));
    }

    /**
     * A new one.
     *
     * @param bytes of whole pages of the machine
     * @throws IllegalStateException when the system has no such address space left
     */
    public static Mapping reserve(long bytes) {
        return of(CLibrary.mmapAnonymous(bytes, CLibrary.PROT_READ | CLibrary.PROT_WRITE), bytes);
    }

    /**
     * All of a new file, shared with it.
     *
     * @throws IllegalStateException when the system has no such address space left
     */
    static Mapping of(MemoryFile file, long bytes) {
        return of(file.map(0, 0, bytes, CLibrary.MAP_SHARED), bytes);
    }

    private static Mapping of(long address, long bytes) {
        if (address < 0) {
            throw new IllegalStateException(
                    "cannot reserve address space: bytes="
                            + bytes
                            + ", "
                            + CLibrary.text(address)
                            + ". Raise ulimit -v or vm.max_map_count, or set vm.overcommit_memory to 0 or 1.");
        }
        if (CLibrary.LINUX) {
            // Where huge pages are always made, one written byte would take 2 MiB.
            CLibrary.madvise(address, bytes, CLibrary.MADV_NOHUGEPAGE);
        }
        return new Mapping(address, bytes);
    }

    /** All of it, until it is closed. */
    public MemorySegment segment() {
        return segment;
    }

    /** Twice does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
