package dev.flywheel.linux;

import java.lang.foreign.MemorySegment;

/** Makes memory all zero without touching it. */
public final class ZeroPages {
    private ZeroPages() {}

    /**
     * Puts new pages, which are zero and take no room until they are written, over a memory. Not
     * over one that is watched for writes: watch it afterwards.
     *
     * @param memory native and writable, of whole pages, used by nobody meanwhile
     * @throws IllegalStateException when the system refuses; the memory must not be used then
     */
    public static void mapOver(MemorySegment memory) {
        if (memory.byteSize() == 0) {
            return;
        }
        long result =
                CLibrary.mmap(
                        memory.address(),
                        memory.byteSize(),
                        CLibrary.PROT_READ | CLibrary.PROT_WRITE,
                        CLibrary.MAP_PRIVATE
                                | CLibrary.MAP_ANONYMOUS
                                | CLibrary.MAP_NORESERVE
                                | CLibrary.MAP_FIXED,
                        -1,
                        0);
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot map zeros over a memory: bytes="
                            + memory.byteSize()
                            + ", "
                            + CLibrary.text(result)
                            + ". Raise vm.max_map_count, or set vm.overcommit_memory to 0 or 1.");
        }
    }
}
