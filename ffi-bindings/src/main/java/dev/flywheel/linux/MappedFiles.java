package dev.flywheel.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The parts of a memory that are mapped from a file, privately, and hold its bytes until they are
 * written.
 */
final class MappedFiles {

    /** Linux 5.14; whoever gets here has 6.7. */
    private static final int MADV_POPULATE_READ = 22;

    private MappedFiles() {}

    /** Makes every page of such parts present as if by reading from it. */
    static void readIn(MemorySegment memory) {
        PageRanges parts = new PageRanges();
        list(memory, parts);
        for (int i = 0; i < parts.count(); i++) {
            long from = memory.address() + parts.offset(i);
            readPages(from, from + parts.length(i));
        }
    }

    /** Adds such parts. Once in the life of a memory: reads /proc/self/maps. */
    static void list(MemorySegment memory, PageRanges parts) {
        long start = memory.address();
        long end = start + memory.byteSize();
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            // Ascending, as PageRanges wants them.
            lines.forEach(
                    line -> {
                        // address-address perms offset device inode path
                        String[] fields = line.split(" +", 6);
                        int dash = fields[0].indexOf('-');
                        long first = Long.parseUnsignedLong(fields[0].substring(0, dash), 16);
                        long last = Long.parseUnsignedLong(fields[0].substring(dash + 1), 16);
                        // Negative: the kernel's half of the address space, where no memory of ours
                        // is.
                        if (first >= 0 && first < end && last > start && !fields[4].equals("0")) {
                            parts.add(Math.max(start, first) - start, Math.min(end, last) - start);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read /proc/self/maps, needed to see which memory comes from files", e);
        }
    }

    private static void readPages(long from, long to) {
        int result = CLibrary.madvise(from, to - from, MADV_POPULATE_READ);
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot read in mapped file: address=0x"
                            + Long.toHexString(from)
                            + " bytes="
                            + (to - from)
                            + ", "
                            + CLibrary.text(result));
        }
    }
}
