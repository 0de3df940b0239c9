package dev.flywheel.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/**
 * Pages of a memory in a file on a disk, each at its own offset; elsewhere the file has holes. It
 * does not change while somebody may have it mapped, and is deleted when nobody uses it any more.
 * Holds no descriptor. Made by {@link PageFiles}; thread-safe but for {@link #rewrite}.
 *
 * <p>Its content is this run's own memory, put on a disk as a system swaps pages out: it is not
 * synced, and a page that the disk cannot give back when it is looked at ends the program.
 */
public final class PageFile {

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;

    private static final MemorySegment ZEROS =
            MemorySegment.ofArray(new byte[(int) CLibrary.PAGE_BYTES]).asReadOnly();

    /** Given to one call at most. */
    private static final int WRITE_BYTES_MAX = 16 << 20;

    private final PageFiles place;
    private final Path path;

    /** Changed by {@link #rewrite} only, as the pages are. */
    private long bytes;

    private final BitSet pages;

    /** Guarded by this. */
    private int users = 1;

    /** Where the bytes of a page are: a segment in which they have the memory's offsets. */
    @FunctionalInterface
    interface Source {
        /** The bytes of pages from {@code first} on, and as many more as lie behind one another. */
        Run at(int first, int end);
    }

    /** Pages that lie behind one another, from the first of a segment on. */
    record Run(MemorySegment segment, int end) {}

    PageFile(PageFiles place, Path path, long bytes, BitSet pages) {
        this.place = place;
        this.path = path;
        this.bytes = bytes;
        this.pages = pages;
    }

    /** Length of the memory that the pages are of. */
    public long byteSize() {
        return bytes;
    }

    /** Number of pages that are there. */
    public int pageCount() {
        return pages.cardinality();
    }

    boolean has(int page) {
        return pages.get(page);
    }

    /** The end of the pages from one on that are there as it is. */
    int alike(int page, int end) {
        int next = pages.get(page) ? pages.nextClearBit(page) : pages.nextSetBit(page);
        return next < 0 ? end : Math.min(end, next);
    }

    /** Not to be changed. */
    BitSet pages() {
        return pages;
    }

    /** Bytes that it takes on the disk. */
    long diskBytes() {
        return pages.cardinality() * CLibrary.PAGE_BYTES;
    }

    // Writing and reading -----------------------------------------------------------------------

    /**
     * Fills a new file.
     *
     * @return a checksum of all pages in their order
     */
    int write(Source source) throws IOException {
        CRC32C sum = new CRC32C();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes); // so that no mapping reaches beyond its end
            write(file.getChannel(), pages, source, sum);
        }
        return (int) sum.getValue();
    }

    /**
     * Puts other bytes in the place of some pages, and takes new ones in. Nobody else may use it or
     * have it mapped.
     *
     * @param memoryBytes of now
     * @param zero which of {@code changed} hold nothing any more
     * @throws IOException when it could not be written; what it holds is worth nothing then
     */
    void rewrite(long memoryBytes, BitSet changed, IntPredicate zero, Source source)
            throws IOException {
        BitSet next = (BitSet) pages.clone();
        next.or(changed);
        changed.stream().filter(zero).forEach(next::clear);
        place.resize((next.cardinality() - pages.cardinality()) * CLibrary.PAGE_BYTES);
        pages.or(next);
        pages.and(next);
        bytes = memoryBytes;
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
            write(file.getChannel(), changed, source, new CRC32C());
        }
    }

    /** Which of these pages are not as here: {@code differing} gets them. */
    void compare(BitSet which, Source source, BitSet differing) throws IOException {
        long descriptor = CLibrary.open(path.toString(), O_RDONLY | O_CLOEXEC);
        long address =
                descriptor < 0
                        ? descriptor
                        : CLibrary.mmap(
                                0,
                                bytes,
                                CLibrary.PROT_READ,
                                CLibrary.MAP_PRIVATE,
                                (int) descriptor,
                                0);
        if (descriptor >= 0) {
            CLibrary.close((int) descriptor);
        }
        if (address < 0) {
            throw new IOException("cannot map " + this + ", " + CLibrary.text(address));
        }
        try {
            MemorySegment here = MemorySegment.ofAddress(address).reinterpret(bytes);
            for (int page = which.nextSetBit(0); page >= 0; page = which.nextSetBit(page + 1)) {
                MemorySegment other = source.at(page, page + 1).segment();
                differing.set(page, !same(here, page, other));
            }
        } finally {
            CLibrary.munmap(address, bytes);
        }
    }

    private boolean same(MemorySegment here, int page, MemorySegment other) {
        if (!pages.get(page)) {
            return other.mismatch(ZEROS) < 0;
        }
        long at = page * CLibrary.PAGE_BYTES;
        return other.mismatch(here.asSlice(at, CLibrary.PAGE_BYTES)) < 0;
    }

    private static void write(FileChannel channel, BitSet which, Source source, CRC32C sum)
            throws IOException {
        for (int first = which.nextSetBit(0); first >= 0; ) {
            int end = which.nextClearBit(first);
            for (int at = first; at < end; ) {
                Run run = source.at(at, end);
                writeAll(channel, run.segment(), at * CLibrary.PAGE_BYTES, sum);
                at = run.end();
            }
            first = which.nextSetBit(end);
        }
    }

    private static void writeAll(
            FileChannel channel, MemorySegment segment, long offset, CRC32C sum)
            throws IOException {
        for (long done = 0; done < segment.byteSize(); ) {
            long count = Math.min(WRITE_BYTES_MAX, segment.byteSize() - done);
            ByteBuffer part = segment.asSlice(done, count).asByteBuffer();
            sum.update(part.duplicate());
            while (part.hasRemaining()) {
                done += channel.write(part, offset + done);
            }
        }
    }

    /** Where pages that are read go: segments as in {@link Source}, writable. */
    void read(Source target, int checksum) throws IOException {
        CRC32C sum = new CRC32C();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (int first = pages.nextSetBit(0); first >= 0; ) {
                int end = pages.nextClearBit(first);
                for (int at = first; at < end; ) {
                    Run run = target.at(at, end);
                    ByteBuffer part = run.segment().asByteBuffer();
                    readAll(channel, part.duplicate(), at * CLibrary.PAGE_BYTES);
                    sum.update(part);
                    at = run.end();
                }
                first = pages.nextSetBit(end);
            }
        }
        if ((int) sum.getValue() != checksum) {
            throw new IOException("pages are not as they were written: file=" + path);
        }
    }

    private void readAll(FileChannel channel, ByteBuffer into, long offset) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new IOException("pages are missing: file=" + path + " offset=" + at);
            }
            at += count;
        }
    }

    // Mapping -----------------------------------------------------------------------------------

    /**
     * Maps parts of it, privately, over what is there.
     *
     * @param address where the memory begins
     * @return minus errno on failure; some parts may be mapped then
     */
    long mapOver(long address, Extents parts) {
        long descriptor = CLibrary.open(path.toString(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            return descriptor;
        }
        long result = 0;
        for (int i = 0; i < parts.count() && result >= 0; i++) {
            long start = parts.start(i);
            result =
                    CLibrary.mmap(
                            address + start,
                            Math.min(parts.end(i), bytes) - start,
                            CLibrary.PROT_READ | CLibrary.PROT_WRITE,
                            CLibrary.MAP_PRIVATE | CLibrary.MAP_FIXED | CLibrary.MAP_NORESERVE,
                            (int) descriptor,
                            start);
        }
        CLibrary.close((int) descriptor);
        return Math.min(result, 0);
    }

    // Users -------------------------------------------------------------------------------------

    /** Keeps it for one more user. */
    synchronized PageFile retain() {
        if (users == 0) {
            throw new IllegalStateException("page file is deleted: file=" + path);
        }
        users++;
        return this;
    }

    /** Whether nobody else uses it. */
    synchronized boolean hasOneUser() {
        return users == 1;
    }

    /** Ends one use; the last deletes it. Mappings live on. */
    public synchronized void release() {
        if (users == 0) {
            throw new IllegalStateException("page file was released too often: file=" + path);
        }
        if (--users == 0) {
            place.delete(path, diskBytes());
        }
    }

    @Override
    public String toString() {
        return "PageFile[path=" + path + " bytes=" + bytes + " pages=" + pageCount() + "]";
    }
}
