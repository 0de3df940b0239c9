package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Gives the pages of a memory to a writer. */
final class PageWriter {
    private final MemoryPicture picture;
    private final CheckpointWriter writer;
    private final byte[] known = new byte[Layout.HASH_BYTES];
    private final byte[] found = new byte[Layout.HASH_BYTES];

    PageWriter(MemoryPicture picture, CheckpointWriter writer) {
        this.picture = picture;
        this.writer = writer;
    }

    /** What changed only. */
    void delta() throws IOException {
        PageSet changed = picture.changed();
        StateTree tree = picture.tree();
        int pages = (int) (tree.memoryBytes() / CheckpointLimits.PAGE_BYTES);
        for (int at = changed.next(0); at >= 0 && at < pages; at = changed.next(at + 1)) {
            if (tree.isZeroPage(at)) {
                writer.zero(at, 1);
            } else {
                page(at, false);
            }
        }
    }

    /**
     * Everything. Subtrees of zeros are passed by without a look; other pages are hashed again,
     * since a page that changed unnoticed would be in no delta either.
     *
     * @throws IllegalStateException when the tree does not fit the memory
     */
    void full() throws IOException {
        StateTree tree = picture.tree();
        int pages = (int) (tree.memoryBytes() / CheckpointLimits.PAGE_BYTES);
        int done = 0;
        for (int at = tree.nextNonZero(0); at >= 0; at = tree.nextNonZero(at + 1)) {
            if (at > done) {
                writer.zero(done, at - done);
            }
            page(at, true);
            done = at + 1;
        }
        if (done < pages) {
            writer.zero(done, pages - done);
        }
    }

    private void page(int at, boolean check) throws IOException {
        byte[] buffer = writer.buffer();
        MemorySegment.copy(
                picture.memory(),
                ValueLayout.JAVA_BYTE,
                (long) at * CheckpointLimits.PAGE_BYTES,
                buffer,
                writer.at(),
                CheckpointLimits.PAGE_BYTES);
        picture.tree().pageHash(at, known, 0);
        if (check) {
            picture.tree().hash(buffer, writer.at(), found, 0);
            if (!Arrays.equals(known, found)) {
                throw new IllegalStateException("a page changed that nobody reported: page=" + at);
            }
        }
        writer.page(at, known, 0);
    }
}
