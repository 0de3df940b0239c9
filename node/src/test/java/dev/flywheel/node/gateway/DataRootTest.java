package dev.flywheel.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Base64Url;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DataRootTest {
    /** Sent by the wao SDK with the data "Hello, World!". */
    private static final String HELLO_ROOT = "0QNFYaohk1SHxuRVvLDHJNdY1LoJbSFaDzSvvs-jfnQ";

    @Test
    void shouldGiveTheRootThatArweavesLibrariesSend() {
        byte[] hello = "Hello, World!".getBytes(StandardCharsets.UTF_8);
        assertThat(DataRoot.matches(Base64Url.decode(HELLO_ROOT), hello)).isTrue();
        assertThat(
                        DataRoot.matches(
                                Base64Url.decode(HELLO_ROOT),
                                "Hello, World?".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void shouldProveEveryChunkOfDataOfAnySize() {
        for (int size :
                new int[] {1, 262_143, 262_144, 262_145, 280_000, 524_288, 777_924, 3_000_000}) {
            byte[] data = new Entries(size).bytes(size);
            MerkleTree tree = new MerkleTree(data);
            assertThat(DataRoot.matches(tree.root(), data)).as("size " + size).isTrue();
            for (MerkleTree.Chunk chunk : tree.chunks()) {
                DataRoot.Span span =
                        DataRoot.check(
                                tree.root(), size, chunk.to() - 1, chunk.path(), chunk.bytes());
                assertThat(span)
                        .as("size " + size + " to " + chunk.to())
                        .isEqualTo(new DataRoot.Span(chunk.from(), chunk.to()));
            }
        }
    }

    @Test
    void shouldRefuseChunksThatAreNotProven() {
        byte[] data = new Entries(5).bytes(600_000);
        MerkleTree tree = new MerkleTree(data);
        MerkleTree.Chunk first = tree.chunks().getFirst();
        MerkleTree.Chunk second = tree.chunks().get(1);
        byte[] root = tree.root();
        assertThat(DataRoot.check(root, 600_000, first.to() - 1, second.path(), first.bytes()))
                .isNull();
        assertThat(DataRoot.check(root, 600_000, second.to() - 1, first.path(), first.bytes()))
                .isNull();
        assertThat(DataRoot.check(root, 600_000, first.to() - 1, first.path(), second.bytes()))
                .isNull();
        assertThat(DataRoot.check(root, 600_000, 600_000, first.path(), first.bytes())).isNull();
        assertThat(DataRoot.check(root, 600_000, -1, first.path(), first.bytes())).isNull();
        assertThat(DataRoot.check(root, 600_000, 0, new byte[0], first.bytes())).isNull();
        assertThat(DataRoot.check(root, 600_000, 0, new byte[65], first.bytes())).isNull();
        byte[] flipped = first.path().clone();
        flipped[3] ^= 1;
        assertThat(DataRoot.check(root, 600_000, first.to() - 1, flipped, first.bytes())).isNull();
    }
}
