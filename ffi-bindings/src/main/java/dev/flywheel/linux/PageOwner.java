package dev.flywheel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** Makes pages of a private mapping of a file its own, so that they follow the file no more. */
@FunctionalInterface
interface PageOwner {

    /** By one call to the kernel for each range; page by page before Linux 5.14. */
    PageOwner SYSTEM =
            (address, bytes) -> {
                int result = CLibrary.madvise(address, bytes, CLibrary.MADV_POPULATE_WRITE);
                return result == -CLibrary.EINVAL ? touch(address, bytes) : result;
            };

    /** Any thread, also while others read and write there. The result is minus errno on failure. */
    int own(long address, long bytes);

    /** Writes to each page what it has, atomically: a guest may be writing there. */
    static int touch(long address, long bytes) {
        VarHandle integer = JAVA_INT.varHandle();
        MemorySegment pages = MemorySegment.ofAddress(address).reinterpret(bytes);
        for (long at = 0; at < bytes; at += CLibrary.PAGE_BYTES) {
            Object _ = integer.getAndBitwiseOr(pages, at, 0);
        }
        return 0;
    }
}
