package dev.flywheel.node.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The gateway's own chain of blocks: a function of the clock. A block comes every two minutes, as
 * on Arweave; {@link #mine} brings one at once. What is known is a list of anchors (height, time);
 * between two anchors heights are counted, so a week without traffic costs nothing. Thread-safe;
 * {@link #mine} has one caller at a time.
 */
final class LocalChain {

    /** Arweave's own target. */
    static final long BLOCK_MS = 120_000;

    /**
     * Height of the first block. Above 1,580,000, where the reference units turn on today's rules
     * (hash chains, pushes), and near the real height when this was written.
     */
    static final long GENESIS_HEIGHT = 1_800_000;

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final InstantSource clock;
    private final byte[] seed;
    private final NavigableMap<Long, Long> anchors = new ConcurrentSkipListMap<>();

    /**
     * @param seed makes block ids of this chain differ from those of others
     * @param anchors heights and their times in milliseconds, both rising; the first is the genesis
     */
    LocalChain(InstantSource clock, byte[] seed, Map<Long, Long> anchors) {
        this.clock = clock;
        this.seed = seed.clone();
        this.anchors.putAll(anchors);
        if (this.anchors.isEmpty()) {
            throw new IllegalArgumentException("a chain begins with an anchor");
        }
    }

    /** Height of the newest block. It never falls, even when the clock does. */
    long height() {
        Map.Entry<Long, Long> last = anchors.lastEntry();
        return last.getKey() + Math.max(0, clock.millis() - last.getValue()) / BLOCK_MS;
    }

    long firstHeight() {
        return anchors.firstKey();
    }

    /**
     * The block at {@code height}, which must be between {@link #firstHeight} and {@link #height}.
     */
    BlockView block(long height) {
        return new BlockView(
                id(height),
                height,
                timestampMs(height) / 1_000,
                height == firstHeight() ? "" : id(height - 1));
    }

    BlockView current() {
        return block(height());
    }

    /** A block brought now: its height and time in milliseconds, for the caller to keep. */
    record Anchor(long height, long timeMs) {}

    Anchor mine() {
        long timeMs = Math.max(clock.millis(), timestampMs(height()));
        long height = height() + 1;
        anchors.put(height, timeMs);
        return new Anchor(height, timeMs);
    }

    int anchorCount() {
        return anchors.size();
    }

    private long timestampMs(long height) {
        Map.Entry<Long, Long> anchor = anchors.floorEntry(height);
        if (anchor == null) {
            throw new IllegalArgumentException(
                    "no such block height=" + height + " first=" + firstHeight());
        }
        return anchor.getValue() + (height - anchor.getKey()) * BLOCK_MS;
    }

    private String id(long height) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-384");
            sha.update("flywheel-block".getBytes(StandardCharsets.US_ASCII));
            sha.update(seed);
            return BASE64.encodeToString(
                    sha.digest(ByteBuffer.allocate(8).putLong(height).array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-384", e);
        }
    }
}
