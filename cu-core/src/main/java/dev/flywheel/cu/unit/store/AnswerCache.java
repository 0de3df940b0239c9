package dev.flywheel.cu.unit.store;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Response;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The newest answers of {@code GET /result}, ready to be sent. Any thread, without locks on reads.
 *
 * <p>Two generations: what is read moves to the young one, and when that is half of the bound, the
 * old one is forgotten. So the most recently used answers stay, without a list to keep in order.
 */
public final class AnswerCache {
    private static final int ENTRY_BYTES = 400; // key, answer, headers and their table entry

    private final long generationBytesMax;
    private final LongAdder hits = new LongAdder();
    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();

    private static final class Generation {
        final ConcurrentHashMap<Key, Response> answers = new ConcurrentHashMap<>();
        final LongAdder bytes = new LongAdder();
    }

    private record Key(String process, String message) {}

    public AnswerCache() {
        this(UnitLimits.ANSWER_BYTES_MAX);
    }

    AnswerCache(long bytesMax) {
        this.generationBytesMax = bytesMax / 2;
    }

    /** The answer, or null. */
    public @Nullable Response get(String process, String message) {
        Key key = new Key(process, message);
        Response answer = young.answers.get(key);
        if (answer == null) {
            answer = old.answers.get(key);
            if (answer == null) {
                return null;
            }
            put(key, answer);
        }
        hits.increment();
        return answer;
    }

    /** Keeps the result of an entry under the ids that it is asked by, and returns the answer. */
    public Response keep(ResultRow row) {
        Response answer = Response.json(200, row.body().json());
        if (!row.isCron() && row.body().json().length <= UnitLimits.CACHED_ANSWER_BYTES_MAX) {
            String process = row.process().toString();
            // An assigned message may have been evaluated before, as a message of this log: its own
            // id is that evaluation's.
            boolean assigned =
                    row.kind() == ResultRow.Kind.ASSIGNED || row.kind() == ResultRow.Kind.SKIPPED;
            String id = assigned ? row.assignmentId() : row.messageId();
            if (id != null) {
                put(new Key(process, id), answer);
            }
        }
        return answer;
    }

    private void put(Key key, Response answer) {
        Generation into = young;
        if (into.answers.put(key, answer) == null) {
            into.bytes.add(((Response.Bytes) answer.body()).bytes().length + ENTRY_BYTES);
            if (into.bytes.sum() > generationBytesMax) {
                turn(into);
            }
        }
    }

    private synchronized void turn(Generation full) {
        if (young == full) {
            old = full;
            young = new Generation();
        }
    }

    /** Answers given from here. */
    public long hits() {
        return hits.sum();
    }
}
