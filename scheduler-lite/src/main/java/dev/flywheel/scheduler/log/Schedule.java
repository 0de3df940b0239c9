package dev.flywheel.scheduler.log;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What was scheduled, for readers: the index says where, the journal what. Any thread; blocks. */
public final class Schedule {
    private final ScheduleIndex index;
    private final Journal journal;

    public Schedule(ScheduleIndex index, Journal journal) {
        this.index = index;
        this.journal = journal;
    }

    public ScheduleIndex index() {
        return index;
    }

    /** The entry that a row stands for. */
    public LogEntry read(IndexRow row) {
        return LogEntry.decode(journal.read(row.position()));
    }

    /** Whether a process is scheduled here. */
    public boolean isProcess(Id id) {
        return index.process(id) != null;
    }

    /**
     * What {@code GET /{id}?process-id=} answers for a message or assignment; null when the process
     * has none of that id. An id that was only assigned is found by its assignment.
     */
    public @Nullable LogEntry entry(Id process, Id id) {
        IndexRow row = index.message(process, id);
        if (row == null) {
            row = index.assignment(process, id);
        }
        return row == null ? null : read(row);
    }

    /** The newest message of a process; null while it has none. */
    public @Nullable LogEntry latest(Id process) {
        IndexRow row = index.latest(process);
        return row == null || row.kind() == LogEntry.Kind.PROCESS ? null : read(row);
    }

    /** The record of a process; null for one that is not scheduled here. */
    public @Nullable ProcessRecord process(Id process) {
        IndexRow row = index.process(process);
        if (row == null) {
            return null;
        }
        LogEntry entry = read(row);
        return ProcessRecord.of(
                Objects.requireNonNull(entry.item()), entry.blockHeight(), entry.timestamp());
    }

    /** An item that was posted here, message or process; null when it was not. */
    public @Nullable DataItem posted(Id id) {
        IndexRow row = index.posted(id);
        return row == null ? null : read(row).item();
    }

    /**
     * The document of a page. It ends early when it grows too large, but holds an entry when there
     * is one.
     */
    public byte[] page(Id process, PageQuery query, boolean showAnchor) {
        List<IndexRow> rows = index.page(process, query);
        List<byte[]> nodes = new ArrayList<>();
        List<String> cursors = new ArrayList<>();
        long bytes = 0;
        for (IndexRow row : rows) {
            if (nodes.size() == query.limit() || bytes > SchedulerLimits.PAGE_BYTES_MAX) {
                break;
            }
            byte[] node = read(row).served(showAnchor).toJson();
            bytes += node.length;
            nodes.add(node);
            cursors.add(query.cursor(row));
        }
        return SchedulePage.toJson(!nodes.isEmpty() && nodes.size() < rows.size(), nodes, cursors);
    }
}
