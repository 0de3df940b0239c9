package dev.flywheel.cu.unit.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One evaluation and its result. Immutable as long as nobody writes to the arrays.
 *
 * @param process the process
 * @param nonce place in the log; for a cron message that of the entry before it
 * @param seq 0 for the entry itself, then cron messages in their order
 * @param kind what was evaluated
 * @param timestamp of the message, in milliseconds
 * @param blockHeight of the message
 * @param messageId id of the message; empty for cron messages
 * @param assignmentId id of the assignment, or null
 * @param cron name of the cron message, or null
 * @param dedupId under what the message counts as seen; null for cron messages and skipped ones
 * @param body what {@code GET /result} answers
 */
@SuppressWarnings("ArrayRecordComponent") // handed through; compared by content where it matters
public record ResultRow(
        Id process,
        long nonce,
        long seq,
        Kind kind,
        long timestamp,
        long blockHeight,
        String messageId,
        @Nullable String assignmentId,
        @Nullable String cron,
        @Nullable String dedupId,
        Body body) {

    /** What was evaluated; stored by its code. */
    public enum Kind {
        /** An item of the log. */
        MESSAGE(0),
        /** A tick of the cron tags. */
        CRON(1),
        /** An assigned item. */
        ASSIGNED(2),
        /** An entry that was skipped as a duplicate: no evaluation, an empty result. */
        SKIPPED(3),
        /** The process's own message where the log begins without it; in no list. */
        PROCESS(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Kind of(int code) {
            return values()[code];
        }
    }

    /**
     * A result body and where its gas stands, so that edges of lists are cut from it instead of
     * being written anew.
     *
     * @param json the body of {@code GET /result}
     * @param gasFrom first byte of the GasUsed member with its comma
     * @param gasTo byte after it; the same where there is no gas
     * @param failed whether there is an error, which keeps it out of lists
     */
    @SuppressWarnings("ArrayRecordComponent") // handed through
    public record Body(byte[] json, int gasFrom, int gasTo, boolean failed) {
        private static final byte[] GAS = ",\"GasUsed\":".getBytes(US_ASCII);
        private static final int NAMES_BEFORE_GAS =
                "{\"Messages\":,\"Assignments\":,\"Spawns\":,\"Output\":".length();

        /** The body of a result. */
        public static Body of(EvaluationResult result) {
            byte[] json = result.toResultJson();
            int from =
                    NAMES_BEFORE_GAS
                            + result.messages().length
                            + result.assignments().length
                            + result.spawns().length
                            + result.output().length;
            int to = from;
            if (result.gasUsed().isPresent()) {
                assert Arrays.equals(json, from, from + GAS.length, GAS, 0, GAS.length);
                to = from + GAS.length + Long.toString(result.gasUsed().getAsLong()).length();
            }
            return new Body(json, from, to, result.hasError());
        }

        /**
         * The body as HyperBEAM nodes take it: they read any {@code Error}, even null, as a failure
         * and drop the messages, so one that is none is left out. Not to be changed.
         */
        public byte[] forNode() {
            boolean hasErrorMember = gasTo < json.length && json[gasTo] == ',';
            if (failed || !hasErrorMember) {
                return json;
            }
            byte[] without = Arrays.copyOf(json, gasTo + 1);
            without[gasTo] = '}';
            return without;
        }

        /**
         * Whether both say the same. Members may come in another order: Lua's tables have none, so
         * a guest on another engine may write them so.
         */
        public boolean sameAs(Body other) {
            if (Arrays.equals(json, other.json)) {
                return true;
            }
            if (json.length != other.json.length) {
                return false;
            }
            try {
                return Json.MAPPER.readTree(json).equals(Json.MAPPER.readTree(other.json));
            } catch (JacksonException e) {
                return false; // nested deeper than is read here: then only the same text is the
                // same
            }
        }
    }

    /** Whether it is a cron message. */
    public boolean isCron() {
        return kind == Kind.CRON;
    }
}
