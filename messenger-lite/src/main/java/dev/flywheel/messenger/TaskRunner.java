package dev.flywheel.messenger;

import dev.flywheel.messenger.OutboxStore.Expanded;
import dev.flywheel.messenger.OutboxStore.Ref;
import dev.flywheel.messenger.SchedulerClient.Delivery;
import dev.flywheel.messenger.SchedulerClient.Known;
import dev.flywheel.messenger.SchedulerClient.Taken;
import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.messenger.WorkQueue.Job;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the steps of tasks, as the table in {@link Task} says. Thread-safe; blocks. */
final class TaskRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    private final Parts parts;

    TaskRunner(Parts parts) {
        this.parts = parts;
    }

    /** Queues a task for when it is due. */
    void enqueue(Ref ref) {
        // The client's next request must not wait behind evaluations, nor one process for another.
        boolean send = ref.state() == State.SEND;
        String lane = (send ? "send " : "result ") + ref.process();
        int laneMax =
                send ? MessengerLimits.SENDS_PER_PROCESS : MessengerLimits.RESULTS_PER_PROCESS;
        parts.queue().offer(new Job(lane, laneMax, () -> run(ref)), ref.dueMs());
    }

    private void run(Ref ref) {
        try {
            Task task = parts.store().find(ref.seq());
            if (task != null) {
                step(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing: the store knows where to go on
        } catch (RuntimeException | OutOfMemoryError e) {
            if (parts.closing().getAsBoolean()) {
                LOG.debug("task left for the next start seq={}", ref.seq(), e);
                return;
            }
            // The disk is full or broken, or a result too large for the memory that is left: what
            // was recorded before is still true.
            LOG.error("outbox failed seq={} process={}", ref.seq(), ref.process(), e);
            long dueMs = parts.clock().millis() + MessengerLimits.RETRY_MAX_MS;
            enqueue(new Ref(ref.seq(), ref.state(), ref.process(), dueMs));
        }
    }

    private void step(Task task) throws InterruptedException {
        try {
            switch (task.state()) {
                case SEND -> send(task);
                case RESULT -> {
                    Outbox outbox = parts.compute().result(task.resultKey(), task.process());
                    parts.counters().results.increment();
                    expand(task, outbox);
                }
                case EXPAND -> {
                    parts.counters().results.increment();
                    expand(task, Outbox.parse(body(task)));
                }
            }
        } catch (UnitFailure e) {
            failed(task, String.valueOf(e.getMessage()), e.isRefusal());
        } catch (MalformedJsonException | MalformedItemException e) {
            failed(task, String.valueOf(e.getMessage()), true);
        }
    }

    private static byte[] body(Task task) {
        return Objects.requireNonNull(task.body(), () -> "task without body seq=" + task.seq());
    }

    private void send(Task task) throws UnitFailure, MalformedItemException, InterruptedException {
        switch (task.kind()) {
            case MESSAGE -> sendMessage(task);
            case PROCESS -> {
                DataItem item = DataItem.parse(body(task));
                ProcessPlace place = parts.directory().placeOfNew(item);
                if (place == null) {
                    throw UnitFailure.nonsense(
                            "gateway",
                            "no Scheduler-Location for wallet " + item.tags().first("Scheduler"));
                }
                Delivery delivery = parts.scheduler().post(place.schedulerUrl(), item.bytes());
                parts.directory().learned(task.itemId(), place);
                delivered(task, delivery, null);
            }
            case ASSIGN -> sendAssignment(task);
            case CRON -> throw new IllegalStateException("a cron result is never sent");
        }
    }

    private void sendMessage(Task task)
            throws UnitFailure, MalformedItemException, InterruptedException {
        byte[] item = body(task);
        ProcessPlace place = parts.directory().find(task.process());
        if (place != null) {
            delivered(task, parts.scheduler().post(place.schedulerUrl(), item), null);
        } else if (task.isPushed()) {
            parts.wallets().put(item);
            parts.counters().wallets.increment();
            end(task, "put on the gateway for a wallet");
        } else {
            throw UnitFailure.nonsense("scheduler", "no process " + task.process());
        }
    }

    /**
     * Schedulers need not know an assignment again that is asked for twice, so one that may have
     * been asked for is looked up first.
     */
    private void sendAssignment(Task task)
            throws UnitFailure, MalformedItemException, InterruptedException {
        ProcessPlace place = parts.directory().find(task.process());
        if (place == null) {
            throw UnitFailure.nonsense("scheduler", "no process " + task.process());
        }
        String url = place.schedulerUrl();
        boolean maybeAsked = task.attempts() > 0 || !task.isPushed();
        String known =
                maybeAsked
                        ? parts.scheduler().assignment(url, task.process(), task.itemId())
                        : null;
        if (known != null) {
            delivered(task, new Known(200, ""), known);
            return;
        }
        parts.store().failed(task.seq(), task.refusals(), task.attempts() + 1, 0);
        Delivery delivery =
                parts.scheduler().assign(url, task.process(), task.itemId(), task.extra());
        if (delivery instanceof Taken taken) {
            delivered(task, delivery, taken.id());
            return;
        }
        String found = parts.scheduler().assignment(url, task.process(), task.itemId());
        if (found == null) {
            parts.counters().known.increment();
            end(task, "assigned before, under an id that the scheduler does not show");
        } else {
            delivered(task, delivery, found);
        }
    }

    private void delivered(Task task, Delivery delivery, @Nullable String resultId)
            throws MalformedItemException {
        parts.counters().delivered.increment();
        if (delivery instanceof Known) {
            parts.counters().known.increment();
        }
        long nowMs = parts.clock().millis();
        List<Ref> refs =
                parts.store()
                        .acknowledged(task.seq(), resultId, followers(task, nowMs), s -> {}, nowMs)
                        .join();
        enqueue(new Ref(task.seq(), State.RESULT, task.process(), nowMs));
        refs.forEach(this::enqueue);
    }

    /** What follows once a scheduler has the item: assignments, and the notice to a spawner. */
    static List<NewTask> followers(Task task, long nowMs) throws MalformedItemException {
        List<NewTask> followers = new ArrayList<>();
        if (task.kind() == Kind.ASSIGN) {
            return followers;
        }
        if (task.notice() != null) {
            DataItem notice = DataItem.parse(task.notice());
            followers.add(
                    NewTask.pushed(Kind.MESSAGE, notice, String.valueOf(notice.target()), task)
                            .withDueMs(nowMs));
        }
        for (String process : task.extra().split(" ", -1)) {
            if (!process.isEmpty()) {
                followers.add(NewTask.assignment(task.itemId(), process, "", task, nowMs));
            }
        }
        return followers;
    }

    private void expand(Task task, Outbox outbox) throws UnitFailure, InterruptedException {
        int size = outbox.size();
        int dropped =
                outbox.dropped().size() + Math.max(0, size - MessengerLimits.OUTBOX_ENTRIES_MAX);
        List<String> reasons = new ArrayList<>(outbox.dropped());
        int end = Math.min(size, MessengerLimits.OUTBOX_ENTRIES_MAX);
        int at = Math.min(task.expanded(), end);
        if (at < end) {
            if (parts.store().open() >= 2L * parts.tuning().openTasksMax()) {
                throw UnitFailure.full(parts.store().open());
            }
            ProcessPlace place = parts.directory().find(task.process());
            OutboxEntries entries = new OutboxEntries(outbox, task, place, parts.items());
            while (at < end) {
                int to = Math.min(at + MessengerLimits.EXPAND_ENTRIES, end);
                List<NewTask> children = entries.tasks(at, to, reasons);
                long nowMs = parts.clock().millis();
                Expanded expanded =
                        parts.store().expand(task, to, children, parts.tuning().chains(), nowMs);
                expanded.refs().forEach(this::enqueue);
                if (expanded.cut() > 0) {
                    dropped += expanded.cut();
                    reasons.add(
                            "chain exceeds its limit depth="
                                    + task.depth()
                                    + " entries="
                                    + expanded.cut());
                }
                at = to;
            }
            dropped += entries.dropped();
        }
        if (dropped > 0) {
            parts.counters().dropped.add(dropped);
            LOG.warn(
                    "outbox entries left out process={} message={} entries={} because {}",
                    task.process(),
                    task.resultKey(),
                    dropped,
                    reasons.isEmpty() ? "the outbox is too long" : reasons.getFirst());
        }
        end(task, dropped == 0 ? "done" : "done, entries left out: " + dropped);
    }

    private void failed(Task task, String reason, boolean refusal) {
        long nowMs = parts.clock().millis();
        int refusals = task.refusals() + (refusal ? 1 : 0);
        int attempts = task.attempts() + 1;
        if (parts.retry().isHopeless(refusals, nowMs - task.bornMs())) {
            parts.counters().givenUp.increment();
            LOG.warn(
                    "given up kind={} state={} process={} item={} attempts={} because {}",
                    task.kind(),
                    task.state(),
                    task.process(),
                    task.itemId(),
                    attempts,
                    reason);
            end(task, "given up in " + task.state() + ": " + reason);
            return;
        }
        parts.counters().retries.increment();
        LOG.debug("tried again later item={} because {}", task.itemId(), reason);
        long dueMs = nowMs + parts.retry().pauseMs(attempts);
        parts.store().failed(task.seq(), refusals, attempts, dueMs);
        enqueue(new Ref(task.seq(), task.state(), task.process(), dueMs));
    }

    private void end(Task task, String outcome) {
        parts.store().end(task, parts.traces().of(task, outcome));
    }
}
