package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.Base64Url;
import dev.flywheel.scheduler.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What has a place but is not in the index yet. The sequencing thread enters, the recording thread
 * removes, after the index was committed: who looks here first and there second misses nothing.
 * Bounded by the ring.
 */
final class InFlight {
    private final Map<String, Submission> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger entries = new AtomicInteger();

    /**
     * Lets a repeated submission share what becomes of the first one.
     *
     * @param deepHash by which it may be a repetition, or null
     * @return whether it is one
     */
    boolean follow(Submission submission, byte @Nullable [] deepHash) {
        Submission first = byKey.get(itemKey(submission));
        String what = "Message";
        if (first == null && deepHash != null) {
            first = byKey.get(hashKey(submission, deepHash));
            what = "Deep hash";
        }
        if (first == null) {
            return false;
        }
        String repeated = what;
        boolean sameAnswer = repeated.equals("Message") && submission.kind != LogEntry.Kind.MESSAGE;
        first.outcome()
                .whenComplete(
                        (receipt, failure) -> {
                            if (failure != null) {
                                submission.refuse(failure);
                            } else if (sameAnswer) {
                                submission.outcome().complete(receipt);
                            } else {
                                submission.refuse(Refusals.exists(repeated));
                            }
                        });
        return true;
    }

    void enter(Submission submission) {
        keys(submission).forEach(key -> byKey.putIfAbsent(key, submission));
        entries.incrementAndGet();
    }

    void leave(Submission submission) {
        keys(submission).forEach(key -> byKey.remove(key, submission));
        entries.decrementAndGet();
    }

    int entries() {
        return entries.get();
    }

    private static List<String> keys(Submission submission) {
        List<String> keys = new ArrayList<>(2);
        keys.add(itemKey(submission));
        if (submission.deepHash != null) {
            keys.add(hashKey(submission, submission.deepHash));
        }
        return keys;
    }

    /** An item can come once, an assigned id once to each process. */
    private static String itemKey(Submission submission) {
        return submission.kind == LogEntry.Kind.ASSIGNED
                ? submission.process() + "<" + submission.messageId
                : submission.messageId.toString();
    }

    private static String hashKey(Submission submission, byte[] deepHash) {
        return submission.process() + "#" + Base64Url.encode(deepHash);
    }
}
