package dev.flywheel.cu.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a state stands in the log of its process.
 *
 * @param nonce of the last entry that it contains
 * @param assignmentId its assignment, or null
 * @param hashChain its chain value, or null
 * @param timestamp of the last message, cron messages included
 * @param blockHeight of the last message, cron messages included
 * @param cronCount cron messages that it contains after the entry
 * @param extras what else goes on from here, e.g. of the cron clock; kept in order
 */
public record CheckpointPlace(
        long nonce,
        @Nullable String assignmentId,
        @Nullable String hashChain,
        long timestamp,
        long blockHeight,
        long cronCount,
        SequencedMap<String, String> extras) {

    public CheckpointPlace {
        if (nonce < -2 || cronCount < 0 || extras.size() > CheckpointLimits.EXTRAS_MAX) {
            throw new IllegalArgumentException(
                    "not a place in a log: nonce=%d cronCount=%d extras=%d"
                            .formatted(nonce, cronCount, extras.size()));
        }
        Texts.check(assignmentId);
        Texts.check(hashChain);
        extras.forEach(
                (name, value) -> {
                    Texts.check(name);
                    Texts.check(value);
                });
        extras = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(extras));
    }

    /** Directly after an entry, with nothing else to go on from. */
    public static CheckpointPlace after(
            long nonce,
            @Nullable String assignmentId,
            @Nullable String hashChain,
            long timestamp,
            long blockHeight) {
        return new CheckpointPlace(
                nonce,
                assignmentId,
                hashChain,
                timestamp,
                blockHeight,
                0,
                new LinkedHashMap<>(Map.of()));
    }
}
