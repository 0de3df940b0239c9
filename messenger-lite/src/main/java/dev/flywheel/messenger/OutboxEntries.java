package dev.flywheel.messenger;

import dev.flywheel.messenger.PushedItems.Sender;
import dev.flywheel.messenger.PushedItems.UnsendableException;
import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Outbox;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one outbox, numbered: messages, then spawns, then assignments. The same outbox
 * always gives the same numbers, so that a crash can be gone on from. One thread.
 */
final class OutboxEntries {
    private final Outbox outbox;
    private final Task parent;
    private final PushedItems items;
    private final Sender sender;
    private int dropped;

    /**
     * @param place of the sender, or null where its scheduler does not know it
     */
    OutboxEntries(Outbox outbox, Task parent, @Nullable ProcessPlace place, PushedItems items) {
        this.outbox = outbox;
        this.parent = parent;
        this.items = items;
        this.sender =
                new Sender(
                        parent.process(),
                        place == null ? "" : place.module(),
                        place == null ? null : place.scheduler(),
                        parent.root());
    }

    /** Entries and processes left out so far. */
    int dropped() {
        return dropped;
    }

    /**
     * The signed tasks of some entries.
     *
     * @param reasons takes why entries were left out
     */
    List<NewTask> tasks(int from, int to, List<String> reasons) {
        List<NewTask> tasks = new ArrayList<>();
        for (int i = from; i < to; i++) {
            try {
                add(i, tasks);
            } catch (UnsendableException e) {
                dropped++;
                if (reasons.size() < MessengerLimits.EXPAND_ENTRIES) {
                    reasons.add("entry " + i + ": " + e.getMessage());
                }
            }
        }
        return tasks;
    }

    private void add(int number, List<NewTask> tasks) throws UnsendableException {
        int i = number;
        if (i < outbox.messages().size()) {
            Outbox.Message message = outbox.messages().get(i);
            DataItem item = items.message(message, sender);
            tasks.add(
                    NewTask.pushed(Kind.MESSAGE, item, String.valueOf(item.target()), parent)
                            .withExtra(String.join(" ", processes(message.assignTo()))));
            return;
        }
        i -= outbox.messages().size();
        if (i < outbox.spawns().size()) {
            Outbox.Spawn spawn = outbox.spawns().get(i);
            DataItem item = items.process(spawn, sender);
            DataItem notice = items.spawned(spawn, sender, item.id());
            tasks.add(
                    NewTask.pushed(Kind.PROCESS, item, item.id().toString(), parent)
                            .withNotice(notice.bytes()));
            return;
        }
        assign(outbox.assignments().get(i - outbox.spawns().size()), tasks);
    }

    private void assign(Outbox.Assignment assignment, List<NewTask> tasks)
            throws UnsendableException {
        if (!Id.isId(assignment.message())) {
            throw new UnsendableException(
                    "assigned message is no id: " + UnitFailure.shortened(assignment.message()));
        }
        String query = query(assignment.baseLayer(), assignment.exclude());
        for (String process : processes(assignment.processes())) {
            tasks.add(NewTask.assignment(assignment.message(), process, query, parent, 0));
        }
    }

    static String query(boolean baseLayer, List<String> exclude) {
        String excluded =
                exclude.isEmpty()
                        ? ""
                        : "&exclude="
                                + URLEncoder.encode(
                                        String.join(",", exclude), StandardCharsets.UTF_8);
        return (baseLayer ? "&base-layer" : "") + excluded;
    }

    /** Each process once; what is no id is left out. */
    private Set<String> processes(List<String> named) {
        Set<String> processes = new LinkedHashSet<>();
        for (String process : named) {
            if (Id.isId(process) && processes.size() < MessengerLimits.ASSIGN_PROCESSES_MAX) {
                processes.add(process);
            } else {
                dropped++;
            }
        }
        return processes;
    }
}
