package dev.flywheel.cu.unit.takeover;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedJsonException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes results of the evaluations of one process, in the order of that unit's ids. Such a row says
 * all that a result has but the assignment's id, and whether the message was assigned, which only
 * shows where it counts as seen under its own id though it was forwarded. One thread.
 */
final class NodeJsResult {
    private final NodeJsDatabase database;
    private final Id process;
    private long cronNonce = -1;
    private long cronSeq;

    NodeJsResult(NodeJsDatabase database, Id process) {
        this.database = database;
        this.process = process;
    }

    /**
     * The result in a row.
     *
     * @throws LeftOutException when the row is not as that unit writes it
     */
    ResultRow of(Cells row) throws SQLException, LeftOutException {
        if (!row.id("processId").equals(process)) {
            throw new LeftOutException("id and processId name different processes");
        }
        long timestamp = row.number("timestamp");
        long height = row.number("blockHeight");
        long ordinate = row.number("ordinate");
        String cron = row.textOrNull("cron");
        String id =
                process
                        + ","
                        + timestamp
                        + ","
                        + row.text("ordinate")
                        + (cron == null ? "" : "," + cron);
        if (!id.equals(row.text("id"))) {
            throw new LeftOutException("id is not that of its time, ordinate and cron");
        }
        ResultRow.Body body = body(row.text("output"));
        if (cron != null) {
            cronSeq = cronNonce == ordinate ? cronSeq + 1 : 1;
            cronNonce = ordinate;
            return new ResultRow(
                    process,
                    ordinate,
                    cronSeq,
                    ResultRow.Kind.CRON,
                    timestamp,
                    height,
                    "",
                    null,
                    cron,
                    null,
                    body);
        }
        long nonce = row.number("nonce");
        Long epoch = row.numberOrNull("epoch");
        if (nonce != ordinate || (epoch != null && epoch != 0)) {
            throw new LeftOutException(
                    "nonce %d, ordinate %d and epoch %s are no place in a log"
                            .formatted(nonce, ordinate, epoch));
        }
        return entry(row, nonce, timestamp, height, body);
    }

    private ResultRow entry(Cells row, long nonce, long timestamp, long height, ResultRow.Body body)
            throws SQLException, LeftOutException {
        String message = row.id("messageId").toString();
        String deepHash = row.textOrNull("deepHash");
        boolean assigned = deepHash != null && database.isSeen(message, process, 0, nonce);
        return new ResultRow(
                process,
                nonce,
                0,
                assigned ? ResultRow.Kind.ASSIGNED : ResultRow.Kind.MESSAGE,
                timestamp,
                height,
                message,
                null,
                null,
                seenAs(message, deepHash, assigned),
                body);
    }

    private static String seenAs(String message, @Nullable String deepHash, boolean assigned) {
        return deepHash == null || assigned ? message : deepHash;
    }

    private static ResultRow.Body body(String json) throws LeftOutException {
        try {
            EvaluationResult result = EvaluationResult.parse(json.getBytes(UTF_8));
            for (byte[] list :
                    new byte[][] {result.messages(), result.assignments(), result.spawns()}) {
                if (list.length == 0 || list[0] != '[') {
                    throw new LeftOutException(
                            "output has no lists of messages, assignments and spawns");
                }
            }
            return ResultRow.Body.of(result);
        } catch (MalformedJsonException e) {
            throw new LeftOutException("output is no result: " + e.getMessage());
        }
    }
}
