package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Mutated items and bundles are read or refused, never anything else, and cost no memory that they
 * did not bring.
 */
class ItemFuzzTest {
    private static final long SEED = 5_022_026L;
    private static final int MUTATIONS = 20_000;
    private static final int BUNDLE_MUTATIONS = 5_000;

    /**
     * Tags of two bytes each are an object and a list slot; messages of exceptions and the first
     * use of classes.
     */
    private static final long ALLOWANCE_BYTES = 64 * 1024;

    private static final int BYTES_PER_INPUT_BYTE = 24;

    @Test
    void shouldRefuseOrReadEveryMutatedItem() {
        List<byte[]> seeds = seeds("items/valid.jsonl.gz", 6000);
        seeds.addAll(seeds("items/broken.jsonl.gz", 6000));
        Random random = new Random(SEED);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] input = mutate(seeds.get(random.nextInt(seeds.size())), random);
            String name = "seed=" + SEED + " mutation=" + i;
            read += readsWithinItsMeans(name, input, false) ? 1 : 0;
        }
        // Both outcomes must be common, else the mutations test nothing.
        assertThat(read).isBetween(MUTATIONS / 10, MUTATIONS * 9 / 10);
    }

    @Test
    void shouldRefuseOrReadEveryMutatedBundle() {
        List<byte[]> seeds = seeds("items/bundles.jsonl.gz", 6000);
        Random random = new Random(SEED);
        // Classes and the hash provider are loaded before anything is counted.
        seeds.forEach(seed -> reads(seed, true));
        for (int i = 0; i < BUNDLE_MUTATIONS; i++) {
            byte[] input = mutate(seeds.get(random.nextInt(seeds.size())), random);
            readsWithinItsMeans("seed=" + SEED + " mutation=" + i, input, true);
        }
    }

    @Test
    void shouldVerifyMutatedItemsWithoutThrowing() {
        List<byte[]> seeds = seeds("items/valid.jsonl.gz", 4000);
        ItemVerifier verifier = new ItemVerifier();
        Random random = new Random(SEED);
        int accepted = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
            // Only the signature and owner: everything else reads, so the verifier sees hostile
            // keys and points.
            int reach = Math.min(input.length, 110);
            input[2 + random.nextInt(reach - 2)] ^= (byte) (1 << random.nextInt(8));
            try {
                accepted += verifier.verify(DataItem.parse(input)) ? 1 : 0;
            } catch (MalformedItemException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
        assertThat(accepted).as("seed=" + SEED).isZero();
    }

    private static boolean readsWithinItsMeans(String name, byte[] input, boolean bundle) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean read;
        try {
            read = reads(input, bundle);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + ": " + Base64Url.encode(input), e);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated)
                .as(name)
                .isLessThan(ALLOWANCE_BYTES + (long) BYTES_PER_INPUT_BYTE * input.length);
        return read;
    }

    private static boolean reads(byte[] input, boolean bundle) {
        try {
            if (bundle) {
                Bundle.parse(input);
            } else {
                DataItem.parse(input);
            }
            return true;
        } catch (MalformedItemException e) {
            return false;
        }
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(40));
                case 4 ->
                        Arrays.fill(
                                bytes,
                                at,
                                Math.min(bytes.length, at + 8),
                                (byte) (random.nextBoolean() ? -1 : 0));
                default -> mutateLengths(bytes, random);
            }
        }
        return bytes;
    }

    /** Changes a byte near the end of the owner, where presence bytes, counts and tags lie. */
    private static void mutateLengths(byte[] bytes, Random random) {
        SignatureType type = bytes.length < 2 ? null : SignatureType.ofCode(bytes[0]);
        int fields = type == null ? 0 : 2 + type.signatureBytes() + type.ownerBytes();
        if (fields < bytes.length) {
            bytes[fields + random.nextInt(Math.min(120, bytes.length - fields))] =
                    (byte) random.nextInt(256);
        }
    }

    private static List<byte[]> seeds(String file, int lengthMax) {
        List<byte[]> seeds = new ArrayList<>();
        for (JsonNode line : Golden.lines(file)) {
            if (line.has("raw") && Golden.raw(line).length <= lengthMax) {
                seeds.add(Golden.raw(line));
            }
        }
        return seeds;
    }
}
