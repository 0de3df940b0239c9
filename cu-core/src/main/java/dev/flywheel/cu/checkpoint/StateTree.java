package dev.flywheel.cu.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a process's state, kept up to date in proportion to the pages that changed: a tree of
 * SHA-256 with sixteen branches and a fixed depth over the pages of the memory.
 *
 * <pre>
 *   page    SHA-256 of its 4096 bytes
 *   node    SHA-256 of the sixteen hashes below; six levels above the pages, whatever the length
 *   state   SHA-256 of "flywheel-state-1", length, top, and each global by name
 * </pre>
 *
 * <p>Subtrees of zeros have hashes that are known beforehand and are not stored: an empty memory of
 * 16 GiB costs nothing, each page that is not zero about 35 bytes. The depth is fixed, so no page
 * can pass for a node. One thread at a time.
 */
public final class StateTree {
    /** Branches of a node: 16 pages are one page of WebAssembly. */
    public static final int FAN_OUT = 16;

    /** Levels of nodes; the lowest, 0, is right above the pages. */
    public static final int LEVELS = 6;

    private static final int BITS = 4;
    private static final int HASH = Layout.HASH_BYTES;
    private static final byte[] STATE = "flywheel-state-1".getBytes(UTF_8);

    /** ZERO[0]: of a zero page; ZERO[i]: of a node of level i - 1 over zero pages. */
    private static final byte[][] ZERO = zeros();

    private final MessageDigest digest = Hashes.sha256();
    private final byte[] page = new byte[CheckpointLimits.PAGE_BYTES];
    private @Nullable Node top;
    private long memoryBytes;

    /** Hashes below a node; what is null below is all zero. */
    private static final class Node {
        final byte[] hashes = new byte[FAN_OUT * HASH];
        final @Nullable Node @Nullable [] below;

        /** Whether hashes of nodes below are old: one bit for each. */
        int old;

        Node(int level) {
            below = level == 0 ? null : new @Nullable Node[FAN_OUT];
            for (int i = 0; i < FAN_OUT; i++) {
                System.arraycopy(ZERO[level], 0, hashes, i * HASH, HASH);
            }
        }
    }

    /** Gives the nodes of a tree that may be elsewhere. */
    @FunctionalInterface
    public interface Nodes {
        /**
         * The sixteen hashes below a node.
         *
         * @param level from {@link #LEVELS} - 1 down to 0
         * @param index of the node in its level
         */
        byte[] node(int level, long index) throws IOException;
    }

    private static byte[][] zeros() {
        byte[][] zero = new byte[LEVELS + 1][];
        MessageDigest digest = Hashes.sha256();
        zero[0] = digest.digest(new byte[CheckpointLimits.PAGE_BYTES]);
        for (int i = 1; i <= LEVELS; i++) {
            for (int k = 0; k < FAN_OUT; k++) {
                digest.update(zero[i - 1]);
            }
            zero[i] = digest.digest();
        }
        return zero;
    }

    /** The tree of a memory whose pages are all looked at. */
    public static StateTree of(MemorySegment memory) {
        StateTree tree = new StateTree();
        tree.update(memory, PageSet.all(memory));
        return tree;
    }

    /**
     * Takes over the pages that changed. What came by growth and is not named is zero.
     *
     * @param memory all of it; not shorter than before
     */
    public void update(MemorySegment memory, PageSet changed) {
        grow(memory.byteSize());
        long pages = memory.byteSize() / CheckpointLimits.PAGE_BYTES;
        byte[] hash = new byte[HASH];
        for (int at = changed.next(0); at >= 0; at = changed.next(at + 1)) {
            if (at >= pages) {
                throw new IllegalArgumentException(
                        "page beyond the memory: page=" + at + " pages=" + pages);
            }
            long offset = (long) at * CheckpointLimits.PAGE_BYTES;
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, page, 0, page.length);
            hash(page, 0, hash, 0);
            put(at, hash, 0);
        }
    }

    /** Sets the memory's length; what is new is zero. */
    void grow(long bytes) {
        if (bytes < memoryBytes
                || bytes > CheckpointLimits.MEMORY_BYTES_MAX
                || bytes % CheckpointLimits.PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "not a length for this memory: bytes=" + bytes + " before=" + memoryBytes);
        }
        memoryBytes = bytes;
    }

    /** The memory's length. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** The hash of one page of {@code bytes}; a page of zeros costs no hashing. */
    void hash(byte[] bytes, int offset, byte[] target, int at) {
        if (isZero(bytes, offset)) {
            System.arraycopy(ZERO[0], 0, target, at, HASH);
            return;
        }
        digest.update(bytes, offset, CheckpointLimits.PAGE_BYTES);
        Hashes.end(digest, target, at);
    }

    private static boolean isZero(byte[] bytes, int offset) {
        // Most pages that are not zero show it at once.
        return bytes[offset] == 0
                && Arrays.equals(
                        bytes,
                        offset,
                        offset + CheckpointLimits.PAGE_BYTES - 1,
                        bytes,
                        offset + 1,
                        offset + CheckpointLimits.PAGE_BYTES);
    }

    /** Sets the hash of a page. */
    void put(int at, byte[] hashes, int offset) {
        boolean zero = Arrays.equals(hashes, offset, offset + HASH, ZERO[0], 0, HASH);
        if (zero && top == null) {
            return;
        }
        Node node = top == null ? new Node(LEVELS - 1) : top;
        top = node;
        for (int level = LEVELS - 1; level > 0; level--) {
            int branch = branch(at, level);
            @Nullable Node[] below = Objects.requireNonNull(node.below, "level above 0");
            Node next = below[branch];
            if (next == null) {
                if (zero) {
                    return;
                }
                next = new Node(level - 1);
                below[branch] = next;
            }
            node.old |= 1 << branch;
            node = next;
        }
        System.arraycopy(hashes, offset, node.hashes, branch(at, 0) * HASH, HASH);
    }

    private static int branch(int page, int level) {
        return (page >>> (BITS * level)) & (FAN_OUT - 1);
    }

    /** Whether a page holds only zeros. */
    boolean isZeroPage(int at) {
        Node node = bucket(at);
        int from = branch(at, 0) * HASH;
        return node == null || Arrays.equals(node.hashes, from, from + HASH, ZERO[0], 0, HASH);
    }

    /** Copies the hash of a page. */
    void pageHash(int at, byte[] target, int offset) {
        Node node = bucket(at);
        if (node == null) {
            System.arraycopy(ZERO[0], 0, target, offset, HASH);
        } else {
            System.arraycopy(node.hashes, branch(at, 0) * HASH, target, offset, HASH);
        }
    }

    private @Nullable Node bucket(int at) {
        Node node = top;
        for (int level = LEVELS - 1; level > 0 && node != null; level--) {
            @Nullable Node[] below = Objects.requireNonNull(node.below, "level above 0");
            node = below[branch(at, level)];
        }
        return node;
    }

    /**
     * The first page from {@code at} on that is not all zero, or -1; zero subtrees cost nothing.
     */
    int nextNonZero(int at) {
        return top == null ? -1 : nextNonZero(top, LEVELS - 1, 0, at);
    }

    private static int nextNonZero(Node node, int level, int first, int from) {
        for (int branch = 0; branch < FAN_OUT; branch++) {
            int start = first + (branch << (BITS * level));
            int end = start + (1 << (BITS * level));
            if (end <= from) {
                continue;
            }
            @Nullable Node[] below = node.below;
            int found = -1;
            if (below == null) {
                int at = branch * HASH;
                boolean zero = Arrays.equals(node.hashes, at, at + HASH, ZERO[0], 0, HASH);
                found = zero ? -1 : start;
            } else {
                Node next = below[branch];
                found = next == null ? -1 : nextNonZero(next, level - 1, start, from);
            }
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    /** The hash at the top, over the memory alone and without its length. */
    public byte[] top() {
        if (top == null) {
            return ZERO[LEVELS].clone();
        }
        refresh(top);
        return digest.digest(top.hashes);
    }

    private void refresh(Node node) {
        @Nullable Node[] below = node.below;
        if (below == null) {
            return;
        }
        for (int branch = 0; branch < FAN_OUT; branch++) {
            Node next = below[branch];
            if (next != null && (node.old & (1 << branch)) != 0) {
                refresh(next);
                digest.update(next.hashes);
                Hashes.end(digest, node.hashes, branch * HASH);
            }
        }
        node.old = 0;
    }

    /**
     * The hash of the whole state.
     *
     * @param globals the bits of each mutable global by name, in the order of the manifest
     */
    public byte[] root(Map<String, Long> globals) {
        byte[] memory = top();
        digest.update(STATE);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(memoryBytes).flip());
        digest.update(memory);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(globals.size()).flip());
        globals.forEach(
                (name, bits) -> {
                    byte[] utf8 = name.getBytes(UTF_8);
                    ByteBuffer each =
                            ByteBuffer.allocate(Integer.BYTES + utf8.length + Long.BYTES)
                                    .putInt(utf8.length)
                                    .put(utf8)
                                    .putLong(bits);
                    digest.update(each.flip());
                });
        return digest.digest();
    }

    /** How many nodes a level has. */
    public static long nodes(int level) {
        return 1L << (BITS * (LEVELS - 1 - level));
    }

    /** The sixteen hashes below a node, a copy; see {@link Nodes}. */
    public byte[] node(int level, long index) {
        if (level < 0 || level >= LEVELS || index < 0 || index >= nodes(level)) {
            throw new IllegalArgumentException("no such node: level=" + level + " index=" + index);
        }
        Node node = top;
        if (node != null) {
            refresh(node);
        }
        for (int at = LEVELS - 1; at > level && node != null; at--) {
            @Nullable Node[] below = Objects.requireNonNull(node.below, "level above 0");
            node = below[(int) (index >>> (BITS * (at - 1 - level))) & (FAN_OUT - 1)];
        }
        return node == null ? new Node(level).hashes : node.hashes.clone();
    }

    /**
     * Finds where another memory first differs from this one, by asking for one node of each level.
     *
     * @param otherTop what the other side's {@link #top} gives; each node is checked against the
     *     hash above it
     * @return the first page that differs, or none
     * @throws IOException when a node cannot be had, or is not what the hash above it says
     */
    public OptionalLong firstDifference(byte[] otherTop, Nodes other) throws IOException {
        return firstDifference(top(), this::node, otherTop, other);
    }

    /** As {@link #firstDifference(byte[], Nodes)} for two trees that may both be elsewhere. */
    public static OptionalLong firstDifference(
            byte[] oneTop, Nodes one, byte[] otherTop, Nodes other) throws IOException {
        if (Arrays.equals(oneTop, otherTop)) {
            return OptionalLong.empty();
        }
        byte[] oneHash = oneTop;
        byte[] otherHash = otherTop;
        long index = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            byte[] ours = checked(one, level, index, oneHash);
            byte[] theirs = checked(other, level, index, otherHash);
            int branch = Arrays.mismatch(ours, theirs) / HASH;
            oneHash = Arrays.copyOfRange(ours, branch * HASH, (branch + 1) * HASH);
            otherHash = Arrays.copyOfRange(theirs, branch * HASH, (branch + 1) * HASH);
            index = index * FAN_OUT + branch;
        }
        return OptionalLong.of(index);
    }

    private static byte[] checked(Nodes nodes, int level, long index, byte[] hash)
            throws IOException {
        byte[] node = nodes.node(level, index);
        if (node.length != FAN_OUT * HASH || !Arrays.equals(Hashes.sha256().digest(node), hash)) {
            throw new IOException(
                    "a node is not what its hash says: level=" + level + " index=" + index);
        }
        return node;
    }
}
