package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.AssignmentItem;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.Owner;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The log of one process as a scheduler grows it, with true nonces and chain values. */
final class TestLog {
    static final long START_MS = 1_700_000_000_000L;
    static final long START_HEIGHT = 1_600_000;
    static final String OWNER = "owner-of-the-process";

    final Id id;
    private final List<ScheduledEntry> entries = new CopyOnWriteArrayList<>();
    private @Nullable Id lastAssignment;
    private @Nullable Id lastChain;
    private long timestamp = START_MS;
    private int counter;

    private TestLog(Id id) {
        this.id = id;
    }

    /** A process whose log begins with itself. */
    static TestLog spawn(TestNetwork network, String name, Tag... more) {
        TestLog log = register(network, name, more);
        ProcessRecord record = Objects.requireNonNull(network.processes.get(log.id));
        log.add(
                new ScheduledEntry.MessagePart(
                        log.id.toString(),
                        new Owner(OWNER, null),
                        "spawned",
                        record.tags(),
                        "signature",
                        null,
                        ""),
                null,
                List.of());
        return log;
    }

    /** A process whose log begins with its first message. */
    static TestLog register(TestNetwork network, String name, Tag... more) {
        Id id = Id.sha256(name.getBytes(UTF_8));
        TestLog log = new TestLog(id);
        List<Tag> tags = new ArrayList<>();
        tags.add(new Tag("Data-Protocol", "ao"));
        tags.add(new Tag("Type", "Process"));
        if (!Tags.of(more).has("Module")) {
            tags.add(new Tag("Module", TestNetwork.MODULE.toString()));
        }
        tags.add(new Tag("Scheduler", "scheduler-wallet"));
        tags.addAll(List.of(more));
        network.processes.put(
                id,
                new ProcessRecord(
                        id,
                        START_HEIGHT,
                        new Owner(OWNER, null),
                        Tags.of(tags),
                        START_MS,
                        null,
                        null,
                        "signature",
                        null));
        network.logs.put(id, log.entries);
        return log;
    }

    /** Schedules a message and returns its id. */
    String message(String data, Tag... tags) {
        String messageId =
                Id.sha256(id.bytes(), ("message" + counter++).getBytes(UTF_8)).toString();
        message(messageId, data, null, tags);
        return messageId;
    }

    void message(String messageId, String data, @Nullable String anchor, Tag... tags) {
        send(messageId, "sender", data, anchor, tags);
    }

    /** Schedules an Eval by the process's owner and returns the message's id. */
    String eval(String code) {
        String messageId =
                Id.sha256(id.bytes(), ("message" + counter++).getBytes(UTF_8)).toString();
        send(messageId, OWNER, code, null, new Tag("Action", "Eval"));
        return messageId;
    }

    private void send(
            String messageId, String owner, String data, @Nullable String anchor, Tag... tags) {
        add(
                new ScheduledEntry.MessagePart(
                        messageId,
                        new Owner(owner, null),
                        data,
                        Tags.of(tags),
                        "signature",
                        anchor,
                        id.toString()),
                Id.parse(messageId),
                List.of());
    }

    /** Assigns an item and returns the assignment's id. */
    String assign(Id item, String... exclude) {
        add(null, item, List.of(exclude));
        return entries.getLast().assignment().id();
    }

    /** The time of the next entry is so much later. */
    void pass(long ms) {
        timestamp += ms;
    }

    long timestamp() {
        return timestamp;
    }

    List<ScheduledEntry> entries() {
        return entries;
    }

    /** Puts another entry in the place of one. */
    void replace(int index, ScheduledEntry entry) {
        entries.set(index, entry);
    }

    private void add(
            ScheduledEntry.@Nullable MessagePart message,
            @Nullable Id messageId,
            List<String> exclude) {
        long nonce = entries.size();
        Id chain =
                lastAssignment == null || lastChain == null
                        ? HashChain.seed(id)
                        : HashChain.next(lastAssignment, lastChain);
        timestamp = nonce == 0 ? timestamp : timestamp + 1;
        AssignmentItem item =
                new AssignmentItem(
                        id, nonce, chain, START_HEIGHT + nonce, timestamp, messageId, exclude);
        Id assignment = Id.sha256(id.bytes(), ("assignment" + nonce).getBytes(UTF_8));
        lastAssignment = assignment;
        lastChain = chain;
        entries.add(entry(message, assignment, item));
    }

    static ScheduledEntry entry(
            ScheduledEntry.@Nullable MessagePart message, Id assignment, AssignmentItem item) {
        try {
            return new ScheduledEntry(
                    message,
                    new ScheduledEntry.AssignmentPart(
                            assignment.toString(),
                            new Owner("scheduler-wallet", null),
                            item.tags(),
                            "signature",
                            null));
        } catch (MalformedJsonException e) {
            throw new AssertionError(e);
        }
    }
}
