package dev.flywheel.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over the assignments of a process. Values are 32 bytes, base64url in text.
 * Stateless.
 */
public final class HashChain {
    private HashChain() {}

    /** The value of a process's first entry: SHA-256 of the process id. */
    public static Id seed(Id processId) {
        return Id.sha256(processId.bytes());
    }

    /**
     * The value of the next entry: SHA-256 of the previous assignment's id, then the previous
     * value.
     */
    public static Id next(Id previousAssignmentId, Id previousHashChain) {
        return Id.sha256(previousAssignmentId.bytes(), previousHashChain.bytes());
    }

    /**
     * Whether an entry's value follows from the entry before. Where nothing is known of that one, a
     * value need only be there.
     *
     * @param previousAssignmentId id of the assignment before, or null when it is not known
     * @param previousHashChain value of the entry before, or null when it is not known
     * @param hashChain value of this entry, or null when it has none
     */
    public static boolean follows(
            @Nullable String previousAssignmentId,
            @Nullable String previousHashChain,
            @Nullable String hashChain) {
        if (hashChain == null || hashChain.isEmpty()) {
            return false;
        }
        if (previousAssignmentId == null || previousHashChain == null) {
            return true;
        }
        Id assignment = Id.parseOrNull(previousAssignmentId);
        Id chain = Id.parseOrNull(previousHashChain);
        return assignment != null
                && chain != null
                && next(assignment, chain).toString().equals(hashChain);
    }

    /**
     * The value of the next entry in the log of a HyperBEAM scheduler: SHA-256 of the previous
     * value, which is empty before the first, then the letters of the message's id.
     *
     * @param previous the value before, or null before the first entry
     * @param messageId of this entry's message
     */
    public static Id nextOfNode(@Nullable Id previous, String messageId) {
        return Id.sha256(
                previous == null ? new byte[0] : previous.bytes(),
                messageId.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * As {@link #follows} for the log of a HyperBEAM scheduler, whose chain is over messages.
     *
     * @param isFirst whether nothing is before this entry
     * @param previousHashChain value of the entry before, or null when it is not known
     * @param messageId of this entry's message
     * @param hashChain value of this entry, or null when it has none
     */
    public static boolean followsOfNode(
            boolean isFirst,
            @Nullable String previousHashChain,
            String messageId,
            @Nullable String hashChain) {
        if (hashChain == null || hashChain.isEmpty()) {
            return false;
        }
        if (previousHashChain == null && !isFirst) {
            return true;
        }
        Id previous = isFirst ? null : Id.parseOrNull(previousHashChain);
        return (isFirst || previous != null)
                && nextOfNode(previous, messageId).toString().equals(hashChain);
    }
}
