package dev.flywheel.protocol;

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
}
