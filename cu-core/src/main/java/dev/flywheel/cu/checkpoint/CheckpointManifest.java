package dev.flywheel.cu.checkpoint;

import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says of itself.
 *
 * @param globals the bits of the module's mutable globals by name, in the order of the prepared
 *     module's exports; empty for an image that came without: then they are as after the start
 * @param stateHash {@link StateTree#root} in lower-case hexadecimal
 * @param link its place among the checkpoints of the process
 * @param madeMs when it was made
 */
public record CheckpointManifest(
        CheckpointOrigin origin,
        CheckpointPlace place,
        long memoryBytes,
        SequencedMap<String, Long> globals,
        String stateHash,
        Link link,
        long madeMs) {

    /**
     * Where a checkpoint is among those of its process.
     *
     * @param seq of its name
     * @param depth number of deltas from the full checkpoint to this one; 0 for a full one
     * @param parent name of the checkpoint that it is a delta to, or null
     * @param parentEnd the last 32 bytes of that file in lower-case hexadecimal, or null
     */
    public record Link(
            long seq, int depth, @Nullable CheckpointName parent, @Nullable String parentEnd) {
        public Link {
            if (seq < 0
                    || depth < 0
                    || depth > CheckpointLimits.DELTAS_MAX
                    || (depth == 0) != (parent == null)
                    || (depth == 0) != (parentEnd == null)
                    || (parentEnd != null && !isHash(parentEnd))) {
                throw new IllegalArgumentException(
                        "not a link of a chain: seq=%d depth=%d parent=%s"
                                .formatted(seq, depth, parent));
            }
        }

        static Link full(long seq) {
            return new Link(seq, 0, null, null);
        }
    }

    public CheckpointManifest {
        if (memoryBytes < 0
                || memoryBytes > CheckpointLimits.MEMORY_BYTES_MAX
                || memoryBytes % CheckpointLimits.MEMORY_UNIT_BYTES != 0
                || globals.size() > CheckpointLimits.GLOBALS_MAX
                || !isHash(stateHash)) {
            throw new IllegalArgumentException(
                    "not a state: memoryBytes=%d max=%d globals=%d max=%d hash=%s"
                            .formatted(
                                    memoryBytes,
                                    CheckpointLimits.MEMORY_BYTES_MAX,
                                    globals.size(),
                                    CheckpointLimits.GLOBALS_MAX,
                                    isHash(stateHash)));
        }
        globals.keySet().forEach(Texts::check);
        globals = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(globals));
    }

    private static boolean isHash(String text) {
        return text.length() == 2 * Layout.HASH_BYTES
                && text.chars().allMatch(c -> HexFormat.isHexDigit(c) && !(c >= 'A' && c <= 'F'));
    }

    /** Its name. */
    public CheckpointName name() {
        return new CheckpointName(place.nonce(), link.seq());
    }

    /** Whether it needs no other file. */
    public boolean isFull() {
        return link.depth() == 0;
    }

    /** Number of pages of the memory. */
    int pages() {
        return (int) (memoryBytes / CheckpointLimits.PAGE_BYTES);
    }
}
