package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is built is read again as it was given, for every type of signature. */
class ItemRoundTripTest {
    private static final long SEED = 20_261_124L;
    private static final int ITEMS_PER_TYPE = 40;
    private static final ItemVerifier VERIFIER = new ItemVerifier();

    @Test
    void shouldReadAndVerifyWhatWasBuilt() throws Exception {
        Random random = new Random(SEED);
        for (Signer signer : TestKeys.oneOfEachType()) {
            int count =
                    signer.type() == SignatureType.ARWEAVE ? ITEMS_PER_TYPE / 8 : ITEMS_PER_TYPE;
            for (int i = 0; i < count; i++) {
                assertRoundTrip(
                        signer, random, "seed=" + SEED + " type=" + signer.type() + " i=" + i);
            }
        }
    }

    private static void assertRoundTrip(Signer signer, Random random, String name)
            throws MalformedItemException {
        ItemBuilder builder = new ItemBuilder();
        Id target = random.nextBoolean() ? Id.of(bytes(random, 32)) : null;
        byte[] anchor = random.nextBoolean() ? bytes(random, 32) : null;
        Tags tags = tags(random);
        byte[] data = bytes(random, random.nextInt(2000));
        if (target != null) {
            builder.target(target);
        }
        if (anchor != null) {
            builder.anchor(anchor);
        }
        DataItem built = builder.tags(tags).data(data).sign(signer);

        // Read from the middle of a larger array, as from a bundle or a journal.
        byte[] raw = built.bytes();
        byte[] larger = bytes(random, raw.length + 20);
        System.arraycopy(raw, 0, larger, 7, raw.length);
        DataItem read = DataItem.parse(ByteBuffer.wrap(larger, 7, raw.length));
        assertThat(read.bytes()).as(name).isEqualTo(raw);
        assertThat(read.id()).as(name).isEqualTo(built.id());
        assertThat(read.target()).as(name).isEqualTo(target);
        assertThat(read.anchor()).as(name).isEqualTo(anchor);
        assertThat(read.tags()).as(name).isEqualTo(tags);
        assertThat(read.dataBytes()).as(name).isEqualTo(data);
        assertThat(read.data()).as(name).isEqualTo(ByteBuffer.wrap(data));
        assertThat(read.owner()).as(name).isEqualTo(signer.owner());
        assertThat(VERIFIER.verify(read)).as(name).isTrue();

        byte[] changed = raw.clone();
        changed[changed.length - 1 - random.nextInt(Math.max(1, data.length))] ^= 1;
        assertThat(isAccepted(changed)).as(name + " changed").isFalse();
    }

    @Test
    void shouldReadADirectBufferWithoutMovingIt() throws Exception {
        DataItem item = new ItemBuilder().data("x").sign(TestKeys.oneOfEachType().get(1));
        ByteBuffer direct = ByteBuffer.allocateDirect(item.size()).put(item.bytes()).flip();
        assertThat(DataItem.parse(direct).id()).isEqualTo(item.id());
        assertThat(direct.remaining()).isEqualTo(item.size());
    }

    @Test
    void shouldRefuseToBuildWhatCannotBeRead() {
        ItemBuilder builder = new ItemBuilder();
        assertThatThrownBy(() -> builder.anchor("short"))
                .hasMessageContaining("Anchor must be 32 bytes");
        assertThatThrownBy(() -> builder.target("short")).hasMessageContaining("43 characters");
        builder.tag("name", "v".repeat(ProtocolLimits.TAG_BYTES_MAX));
        Signer signer = TestKeys.oneOfEachType().get(1);
        assertThatThrownBy(() -> builder.sign(signer)).hasMessageContaining("Too many tag bytes");
    }

    @Test
    void shouldGiveViewsThatCannotChangeTheItem() {
        DataItem item = new ItemBuilder().data("x").sign(TestKeys.oneOfEachType().get(1));
        assertThat(item.data().isReadOnly()).isTrue();
        assertThat(item.view().isReadOnly()).isTrue();
        item.owner()[0]++;
        item.signature()[0]++;
        assertThat(VERIFIER.verify(item)).isTrue();
        assertThat(item.toString()).contains(item.id().toString());
    }

    private static boolean isAccepted(byte[] raw) {
        try {
            return VERIFIER.verify(DataItem.parse(raw));
        } catch (MalformedItemException e) {
            return false;
        }
    }

    private static Tags tags(Random random) {
        List<Tag> tags = new ArrayList<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            tags.add(new Tag(text(random), text(random)));
        }
        return Tags.of(tags);
    }

    /** Text of one to four bytes a character; no lone surrogates, which items cannot hold. */
    private static String text(Random random) {
        int[] points =
                random.ints(random.nextInt(30), 0, 0x10FFFF)
                        .map(
                                point ->
                                        point >= 0xD800 && point < 0xE000
                                                ? 'x'
                                                : point >> random.nextInt(17))
                        .map(point -> point >= 0xD800 && point < 0xE000 ? 'y' : point)
                        .toArray();
        return new String(points, 0, points.length);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
