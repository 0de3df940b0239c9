package dev.flywheel.node.gateway;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The client's side of {@link DataRoot}, written from the other end: a tree from which chunks and
 * their paths are read.
 */
@SuppressWarnings("ArrayRecordComponent") // test data
final class MerkleTree {
    /** A chunk as it is posted. */
    record Chunk(long from, long to, byte[] bytes, byte[] path) {}

    private sealed interface Node {
        byte[] id();

        long to();
    }

    private record Leaf(byte[] id, long to, byte[] dataHash) implements Node {}

    private record Branch(byte[] id, long to, Node left, Node right) implements Node {}

    private final byte[] data;
    private final Node top;

    /**
     * Cuts as Arweave's JavaScript library does, with an empty last leaf after a whole number of
     * chunks.
     */
    MerkleTree(byte[] data) {
        this.data = data;
        List<Node> nodes = new ArrayList<>();
        int at = 0;
        while (data.length - at >= 262_144) {
            int rest = data.length - at - 262_144;
            int size = rest > 0 && rest < 32_768 ? (data.length - at + 1) / 2 : 262_144;
            nodes.add(leaf(at, at + size));
            at += size;
        }
        nodes.add(leaf(at, data.length));
        while (nodes.size() > 1) {
            List<Node> above = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i += 2) {
                above.add(
                        i + 1 < nodes.size()
                                ? branch(nodes.get(i), nodes.get(i + 1))
                                : nodes.get(i));
            }
            nodes = above;
        }
        this.top = nodes.getFirst();
    }

    byte[] root() {
        return top.id();
    }

    List<Chunk> chunks() {
        List<Chunk> chunks = new ArrayList<>();
        collect(top, new byte[0], chunks);
        return chunks;
    }

    private void collect(Node node, byte[] above, List<Chunk> into) {
        switch (node) {
            case Leaf leaf -> {
                long from = into.isEmpty() ? 0 : into.getLast().to();
                byte[] bytes = Arrays.copyOfRange(data, (int) from, (int) leaf.to());
                if (bytes.length > 0) {
                    into.add(
                            new Chunk(
                                    from,
                                    leaf.to(),
                                    bytes,
                                    joined(above, leaf.dataHash(), note(leaf.to()))));
                }
            }
            case Branch branch -> {
                byte[] path =
                        joined(
                                above,
                                branch.left().id(),
                                branch.right().id(),
                                note(branch.left().to()));
                collect(branch.left(), path, into);
                collect(branch.right(), path, into);
            }
        }
    }

    private Node leaf(int from, int to) {
        byte[] hash = DataRoot.sha256(Arrays.copyOfRange(data, from, to));
        return new Leaf(
                DataRoot.sha256(DataRoot.sha256(hash), DataRoot.sha256(note(to))), to, hash);
    }

    private static Node branch(Node left, Node right) {
        byte[] id =
                DataRoot.sha256(
                        DataRoot.sha256(left.id()),
                        DataRoot.sha256(right.id()),
                        DataRoot.sha256(note(left.to())));
        return new Branch(id, right.to(), left, right);
    }

    private static byte[] note(long number) {
        return ByteBuffer.allocate(32).putLong(24, number).array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteBuffer all =
                ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
