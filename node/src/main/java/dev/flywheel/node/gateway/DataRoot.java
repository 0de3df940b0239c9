package dev.flywheel.node.gateway;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree over the chunks of an Arweave transaction's data (format 2): its root stands in
 * the signed transaction, and each chunk proves by its path that it belongs there.
 */
final class DataRoot {
    private static final int HASH = 32;
    private static final int NOTE = 32;

    /**
     * The last two chunks are evened out so that none is smaller than this: the network's constant.
     */
    private static final int CHUNK_BYTES_MIN = 32 * 1024;

    /** Where a chunk lies: bytes {@code from} (inclusive) to {@code to} (exclusive). */
    record Span(long from, long to) {
        long length() {
            return to - from;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by their parts only
    private record Node(byte[] id, long to) {}

    private DataRoot() {}

    /**
     * Whether {@code root} is the root of {@code data}. The common libraries end data of a whole
     * number of chunks with an empty leaf, others do not; the network takes both.
     */
    static boolean matches(byte[] root, byte[] data) {
        List<Node> leaves = leaves(data);
        if (Arrays.equals(root, root(leaves))) {
            return true;
        }
        leaves.add(leaf(new byte[0], data.length));
        return Arrays.equals(root, root(leaves));
    }

    private static List<Node> leaves(byte[] data) {
        List<Node> leaves = new ArrayList<>();
        int at = 0;
        while (at < data.length) {
            int rest = data.length - at;
            int size = Math.min(rest, GatewayLimits.CHUNK_BYTES_MAX);
            int next = rest - size;
            if (next > 0 && next < CHUNK_BYTES_MIN) {
                size = (rest + 1) / 2;
            }
            leaves.add(leaf(Arrays.copyOfRange(data, at, at + size), at + size));
            at += size;
        }
        return leaves;
    }

    private static Node leaf(byte[] chunk, long to) {
        return new Node(sha256(sha256(sha256(chunk)), sha256(note(to))), to);
    }

    private static byte[] root(List<Node> leaves) {
        List<Node> level = leaves;
        while (level.size() > 1) {
            List<Node> above = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                Node left = level.get(i);
                if (i + 1 == level.size()) {
                    above.add(left);
                } else {
                    Node right = level.get(i + 1);
                    byte[] id =
                            sha256(sha256(left.id()), sha256(right.id()), sha256(note(left.to())));
                    above.add(new Node(id, right.to()));
                }
            }
            level = above;
        }
        return level.isEmpty() ? new byte[0] : level.getFirst().id();
    }

    /**
     * Checks that {@code chunk} lies at {@code offset} of the data under {@code root}.
     *
     * @param dataSize size of the whole data in bytes
     * @param offset any byte of the chunk, as clients send it
     * @return where the chunk lies, or null when the path does not prove it
     */
    static @Nullable Span check(
            byte[] root, long dataSize, long offset, byte[] path, byte[] chunk) {
        if (dataSize <= 0 || offset < 0 || offset >= dataSize) {
            return null;
        }
        byte[] id = root;
        long from = 0;
        long to = dataSize;
        int at = 0;
        while (path.length - at > HASH + NOTE) {
            if (path.length - at < 2 * HASH + NOTE) {
                return null;
            }
            byte[] left = Arrays.copyOfRange(path, at, at + HASH);
            byte[] right = Arrays.copyOfRange(path, at + HASH, at + 2 * HASH);
            byte[] noted = Arrays.copyOfRange(path, at + 2 * HASH, at + 2 * HASH + NOTE);
            at += 2 * HASH + NOTE;
            long middle = number(noted);
            if (middle < 0
                    || !Arrays.equals(id, sha256(sha256(left), sha256(right), sha256(noted)))) {
                return null;
            }
            if (offset < middle) {
                id = left;
                to = Math.min(to, middle);
            } else {
                id = right;
                from = Math.max(from, middle);
            }
        }
        if (path.length - at != HASH + NOTE) {
            return null;
        }
        byte[] dataHash = Arrays.copyOfRange(path, at, at + HASH);
        byte[] noted = Arrays.copyOfRange(path, at + HASH, at + HASH + NOTE);
        boolean proven =
                Arrays.equals(id, sha256(sha256(dataHash), sha256(noted)))
                        && Arrays.equals(dataHash, sha256(chunk))
                        && to - from == chunk.length;
        return proven ? new Span(from, to) : null;
    }

    private static byte[] note(long number) {
        return ByteBuffer.allocate(NOTE).putLong(NOTE - Long.BYTES, number).array();
    }

    /** The number in a note, or -1 when it does not fit a long. */
    private static long number(byte[] note) {
        for (int i = 0; i < NOTE - Long.BYTES; i++) {
            if (note[i] != 0) {
                return -1;
            }
        }
        return ByteBuffer.wrap(note).getLong(NOTE - Long.BYTES);
    }

    static byte[] sha256(byte[]... parts) {
        MessageDigest sha = DataFiles.sha256();
        for (byte[] part : parts) {
            sha.update(part);
        }
        return sha.digest();
    }
}
