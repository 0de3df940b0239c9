package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler signs for each entry of a log.
 *
 * @param processId the process
 * @param nonce position in the log, from 0
 * @param hashChain the chain value of this entry
 * @param blockHeight height of the base layer
 * @param timestamp time in milliseconds since 1970
 * @param messageId the message; null for a process's own assignment
 * @param exclude fields that are not loaded for an assigned transaction; usually empty
 */
public record AssignmentItem(
        Id processId,
        long nonce,
        Id hashChain,
        long blockHeight,
        long timestamp,
        @Nullable Id messageId,
        List<String> exclude) {

    /** The only epoch there has ever been. */
    private static final String EPOCH = "0";

    /** Block heights are padded to this length. */
    private static final int BLOCK_HEIGHT_DIGITS = 12;

    /** Copies the list. */
    public AssignmentItem {
        exclude = List.copyOf(exclude);
    }

    /** An assignment without excluded fields. */
    public AssignmentItem(
            Id processId,
            long nonce,
            Id hashChain,
            long blockHeight,
            long timestamp,
            @Nullable Id messageId) {
        this(processId, nonce, hashChain, blockHeight, timestamp, messageId, List.of());
    }

    /** The tags in the reference's order. */
    public Tags tags() {
        List<Tag> tags = new ArrayList<>(10 + exclude.size());
        tags.add(new Tag("Process", processId.toString()));
        tags.add(new Tag("Epoch", EPOCH));
        tags.add(new Tag("Nonce", Long.toString(nonce)));
        tags.add(new Tag("Hash-Chain", hashChain.toString()));
        tags.add(new Tag("Block-Height", blockHeightText(blockHeight)));
        tags.add(new Tag("Timestamp", Long.toString(timestamp)));
        tags.add(new Tag("Data-Protocol", "ao"));
        tags.add(new Tag("Type", "Assignment"));
        tags.add(new Tag("Variant", "ao.TN.1"));
        if (messageId != null) {
            tags.add(new Tag("Message", messageId.toString()));
        }
        for (String field : exclude) {
            tags.add(new Tag("Exclude", field));
        }
        return Tags.of(tags);
    }

    /** Signs the assignment with a random anchor, no target and no data. */
    public DataItem sign(Signer scheduler, RandomGenerator random) {
        byte[] anchor = new byte[ProtocolLimits.ID_BYTES];
        random.nextBytes(anchor);
        return sign(scheduler, anchor);
    }

    /** Signs the assignment with this anchor of 32 bytes. */
    public DataItem sign(Signer scheduler, byte[] anchor) {
        return new ItemBuilder().anchor(anchor).tags(tags()).sign(scheduler);
    }

    /** A block height as assignments and process records write it: twelve digits. */
    public static String blockHeightText(long height) {
        String digits = Long.toString(height);
        return "0".repeat(Math.max(0, BLOCK_HEIGHT_DIGITS - digits.length())) + digits;
    }
}
