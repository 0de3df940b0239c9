package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.cron.BlockTimes;
import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Owner;
import dev.flywheel.protocol.ProcessMessage;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tags;
import dev.flywheel.protocol.Utf8;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of a process from a place on, checks it and loads what it assigns. Blocks.
 * Thread-safe.
 */
final class LogReader {
    private final Scheduler scheduler;
    private final Gateway gateway;
    private final BlockTimes blocks;
    private final Quarantines quarantines;

    /**
     * Where a process stands in its log.
     *
     * @param nonce of the last entry; {@link #NOTHING} before the first
     * @param assignmentId its assignment, or null
     * @param hashChain its chain value, or null
     */
    record Place(long nonce, @Nullable String assignmentId, @Nullable String hashChain) {
        /** Before the process's own message. */
        static final long NOTHING = -2;

        static Place start() {
            return new Place(NOTHING, null, null);
        }
    }

    /**
     * A part of the log.
     *
     * @param entries in order, directly after the place they were asked for
     * @param isEnd whether the scheduler has no more
     * @param now the scheduler's clock when it was asked, else 0
     */
    record Part(List<LogEntry> entries, boolean isEnd, long now) {
        Part {
            entries = List.copyOf(entries);
        }
    }

    LogReader(Scheduler scheduler, Gateway gateway, BlockTimes blocks, Quarantines quarantines) {
        this.scheduler = scheduler;
        this.gateway = gateway;
        this.blocks = blocks;
        this.quarantines = quarantines;
    }

    /** The entry after {@code place} that is at hand already. */
    Part at(ProcessDefinition process, Place place, ScheduledEntry entry) {
        List<LogEntry> checked = checked(process, place, List.of(entry));
        ticksUntil(process, entry.timestamp());
        return new Part(checked, false, 0);
    }

    /**
     * Whether {@link #at} neither blocks nor takes long for an entry that follows this place: the
     * entry is whole and small, and nobody is asked about time.
     */
    static boolean isPreparedAtOnce(ProcessDefinition process, Place place, ScheduledEntry entry) {
        ScheduledEntry.MessagePart message = entry.message();
        String data = message == null ? null : message.data();
        return place.nonce() >= 0
                && process.crons().isEmpty()
                && message != null
                && (data == null || data.length() <= UnitLimits.PREPARED_CHARS_AT_ONCE);
    }

    /**
     * The next entries.
     *
     * @param withClock whether cron messages of the log's end are wanted
     */
    Part after(ProcessDefinition process, Place place, boolean withClock) {
        long now = 0;
        if (withClock && !process.crons().isEmpty()) {
            now =
                    scheduler
                            .now(process.id())
                            .timestamp(); // before the page: all until then is in it
        }
        SchedulePage page = scheduler.page(process.id(), place.nonce());
        List<ScheduledEntry> entries = new ArrayList<>(page.edges().size());
        for (SchedulePage.Edge edge : page.edges()) {
            // A scheduler that does not know nonce bounds starts over; the known part is no error.
            if (edge.node().nonce() > place.nonce()) {
                entries.add(edge.node());
            }
        }
        if (entries.isEmpty() && page.hasNextPage()) {
            throw new StatusException(
                    502,
                    "scheduler says that the log of process %s goes on after nonce %d but gives no entry"
                            .formatted(process.id(), place.nonce()));
        }
        List<LogEntry> checked = checked(process, place, entries);
        long last = checked.isEmpty() ? 0 : checked.getLast().timestamp();
        ticksUntil(process, Math.max(now, last));
        return new Part(checked, !page.hasNextPage(), now);
    }

    private void ticksUntil(ProcessDefinition process, long untilMs) {
        if (!process.crons().isEmpty()) {
            blocks.ensure(process.record().blockHeight(), untilMs);
        }
    }

    private List<LogEntry> checked(
            ProcessDefinition process, Place place, List<ScheduledEntry> entries) {
        List<LogEntry> checked = new ArrayList<>(entries.size() + 1);
        Place at = place;
        if (place.nonce() == Place.NOTHING
                && (entries.isEmpty() || !isProcess(process, entries.getFirst()))) {
            checked.add(processMessage(process.record()));
            at = new Place(LogEntry.BEFORE_LOG, null, null);
        }
        for (ScheduledEntry entry : entries) {
            check(process, at, entry);
            checked.add(prepared(entry));
            at = new Place(entry.nonce(), entry.assignment().id(), entry.hashChain());
        }
        return checked;
    }

    private static boolean isProcess(ProcessDefinition process, ScheduledEntry entry) {
        ScheduledEntry.MessagePart message = entry.message();
        return message != null && message.id().equals(process.id().toString());
    }

    private void check(ProcessDefinition process, Place at, ScheduledEntry entry) {
        StatusException refusal = refusal(process, at, entry);
        if (refusal instanceof ConflictException conflict) {
            throw quarantines.examine(process.id(), conflict);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Why an entry does not follow a place in the log; null when it does. Does not block. */
    static @Nullable StatusException refusal(
            ProcessDefinition process, Place at, ScheduledEntry entry) {
        if (!entry.processId().equals(process.id())) {
            return new StatusException(
                    422,
                    "scheduler gave entry %d of process %s in the log of process %s"
                            .formatted(entry.nonce(), entry.processId(), process.id()));
        }
        if (!chainFollows(process, at, entry)) {
            return new ConflictException(
                    422,
                    at.nonce(),
                    at.hashChain(),
                    HyperBeamPage.isOfNode(entry)
                            ? "Hash-Chain of slot %d of process %s does not follow from slot %d as evaluated here (message %s). Two schedulers wrote this log, or a slot was changed: ask the node that the process names; if this unit has the wrong one, give it an empty data directory"
                                    .formatted(
                                            entry.nonce(),
                                            process.id(),
                                            at.nonce(),
                                            entry.messageId())
                            : "HashChain invalid on message " + entry.messageId());
        }
        long expected = Math.max(0, at.nonce() + 1);
        if (entry.nonce() != expected) {
            return new StatusException(
                    422,
                    "Non-incrementing slot: expected %d but got %d on message %s of process %s"
                            .formatted(expected, entry.nonce(), entry.messageId(), process.id()));
        }
        return null;
    }

    /**
     * HyperBEAM's schedulers chain messages, scheduler units assignments; a log that moved from one
     * to the other has both. Nodes in debug mode know no heights and give 0, which is not old.
     */
    private static boolean chainFollows(ProcessDefinition process, Place at, ScheduledEntry entry) {
        long height = process.record().blockHeight();
        boolean ofNode = HyperBeamPage.isOfNode(entry);
        if (height < UnitLimits.HASH_CHAIN_HEIGHT && !(ofNode && height == 0)) {
            return true;
        }
        return (ofNode
                        && HashChain.followsOfNode(
                                at.nonce() == Place.NOTHING,
                                at.hashChain(),
                                entry.messageId(),
                                entry.hashChain()))
                || HashChain.follows(at.assignmentId(), at.hashChain(), entry.hashChain());
    }

    private LogEntry prepared(ScheduledEntry entry) {
        if (HyperBeamPage.isSkipped(entry)) {
            return skipped(entry);
        }
        boolean assigned = entry.message() == null;
        ProcessMessage message =
                assigned
                        ? ProcessMessage.assigned(entry, loaded(entry))
                        : ProcessMessage.scheduled(entry);
        String deepHash = assigned ? null : message.deepHash();
        return new LogEntry(
                entry.nonce(),
                message,
                entry.assignment().id(),
                entry.hashChain(),
                deepHash == null ? entry.messageId() : deepHash,
                assigned || deepHash != null,
                false);
    }

    /** Takes its place in the log; nothing of it is looked at. */
    private static LogEntry skipped(ScheduledEntry entry) {
        ScheduledEntry.MessagePart nothing =
                new ScheduledEntry.MessagePart(
                        entry.messageId(), new Owner("", null), null, Tags.EMPTY, null, null, "");
        return new LogEntry(
                entry.nonce(),
                ProcessMessage.assigned(entry, nothing),
                entry.assignment().id(),
                entry.hashChain(),
                entry.messageId(),
                false,
                true);
    }

    /** The fields of an assigned item, without those that the assignment excludes. */
    private ScheduledEntry.MessagePart loaded(ScheduledEntry entry) {
        List<String> exclude = entry.exclude();
        if (!Id.isId(entry.messageId())) {
            throw new StatusException(
                    500, "Gateway returned no transaction for '" + entry.messageId() + "'");
        }
        Gateway.Item item = gateway.item(entry.messageId(), exclude);
        String data = null;
        if (!exclude.contains("Data")) {
            byte[] bytes = gateway.data(item.id(), UnitLimits.ASSIGNED_BYTES_MAX);
            if (bytes == null) {
                throw new StatusException(
                        500, "Gateway returned no data for '" + entry.messageId() + "'");
            }
            data = Utf8.decodeLossy(bytes);
        }
        return new ScheduledEntry.MessagePart(
                item.id(),
                item.owner(),
                data,
                item.tags(),
                item.signature(),
                item.anchor(),
                item.recipient());
    }

    /** The process's own message, for logs that begin without it; its data is the gateway's. */
    private LogEntry processMessage(ProcessRecord record) {
        String id = record.processId().toString();
        String data = record.data();
        if (data == null) {
            byte[] bytes = gateway.data(id, UnitLimits.ASSIGNED_BYTES_MAX);
            data = bytes == null ? null : Utf8.decodeLossy(bytes);
        }
        String owner = record.owner().aoAddress();
        Tags tags = record.tags();
        ProcessMessage message =
                new ProcessMessage(
                        ProcessMessage.Kind.SCHEDULED,
                        id,
                        record.signature(),
                        data,
                        owner,
                        id,
                        record.anchor(),
                        ProcessMessage.sender(tags, owner),
                        tags.has("From-Process") ? owner : null,
                        tags,
                        null,
                        null,
                        record.timestamp(),
                        record.blockHeight(),
                        null);
        return new LogEntry(LogEntry.BEFORE_LOG, message, null, null, id, false, false);
    }
}
