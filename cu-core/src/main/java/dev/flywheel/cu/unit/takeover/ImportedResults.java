package dev.flywheel.cu.unit.takeover;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.protocol.Id;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the results of one process in commits of bounded size, and keeps what is to be said. */
final class ImportedResults {
    /** An id of a row has 60 to 80. */
    private static final int ROW_ID_CHARS_MAX = 120;

    private final Id process;
    private final @Nullable ResultStore store;
    private final boolean writes;
    private final List<ResultRow> batch = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long batchBytes;
    private long taken;
    private long entries;
    private long leftOut;
    private boolean ofAnotherLog;

    /**
     * @param store null where there is none yet
     * @param writes false to only compare with what is there
     */
    ImportedResults(Id process, @Nullable ResultStore store, boolean writes) {
        this.process = process;
        this.store = store;
        this.writes = writes;
    }

    void take(ResultRow row) {
        batch.add(row);
        batchBytes += row.body().json().length;
        if (batch.size() >= UnitLimits.ROWS_A_COMMIT_MAX
                || batchBytes >= UnitLimits.IMPORT_COMMIT_BYTES_MAX) {
            commit();
        }
    }

    /** Writes what was taken. */
    void commit() {
        taken += batch.size();
        for (ResultRow row : batch) {
            if (!row.isCron()) {
                entries++;
            }
        }
        ResultStore here = store;
        if (here != null) {
            for (ResultRow row : different(here)) {
                taken--;
                boolean other =
                        !row.isCron()
                                && here.at(process, row.nonce())
                                        .filter(kept -> !kept.messageId().equals(row.messageId()))
                                        .isPresent();
                ofAnotherLog |= other;
                leaveOut(
                        "of slot " + row.nonce(),
                        other
                                ? "another message has a result here at this slot"
                                : "another result of the same message is here already and stays");
            }
        }
        batch.clear();
        batchBytes = 0;
    }

    private List<ResultRow> different(ResultStore here) {
        return writes ? here.add(batch) : here.different(batch);
    }

    void leaveOut(@Nullable String row, String why) {
        leftOut++;
        if (reasons.size() < UnitLimits.IMPORT_REASONS_MAX) {
            String name = row == null ? "without id" : row;
            reasons.add(
                    "row %s left out: %s"
                            .formatted(
                                    name.substring(0, Math.min(name.length(), ROW_ID_CHARS_MAX))
                                            .replace(process + ",", ""),
                                    why));
        }
    }

    void note(String text) {
        notes.add(text);
    }

    /** Results that are here now. */
    long taken() {
        return taken;
    }

    /** Results of entries, those included that are not taken since others are here. */
    long entries() {
        return entries;
    }

    long leftOut() {
        return leftOut;
    }

    /** Whether results of other messages are here at the same slots. */
    boolean isOfAnotherLog() {
        return ofAnotherLog;
    }

    /** The end of a line about the process: what was left out, and what else there is to know. */
    String remarks() {
        List<String> all = new ArrayList<>(reasons);
        if (leftOut > reasons.size()) {
            all.add("%d more rows left out".formatted(leftOut - reasons.size()));
        }
        all.addAll(notes);
        return all.isEmpty() ? "" : "; " + String.join("; ", all);
    }
}
