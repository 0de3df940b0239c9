package dev.flywheel.messenger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that are due, a few at a time. Lanes take turns, and each has a bound on what runs at once,
 * so that no lane (a process that floods, hangs or talks for ever) starves another. Jobs of a lane
 * start in the order in which they became due.
 *
 * <p>Thread-safe. Jobs run on virtual threads and must handle their own failures.
 */
final class WorkQueue implements AutoCloseable {
    private final int workers;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(
                    Comparator.comparingLong(Later::dueMs).thenComparingLong(Later::order));
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Deque<Lane> turn = new ArrayDeque<>();
    private final Thread dispatcher;
    private final Set<Thread> threads = new HashSet<>();
    private long order;
    private int running;
    private boolean closed;

    /**
     * What to do, and in which lane.
     *
     * @param lane name of the lane
     * @param laneMax jobs of the lane that run at once
     * @param work runs on a virtual thread
     */
    record Job(String lane, int laneMax, Runnable work) {}

    private record Later(long dueMs, long order, Job job) {}

    private static final class Lane {
        private final String name;
        private final int max;
        private final Deque<Runnable> jobs = new ArrayDeque<>();
        private int running;
        private boolean inTurn;

        Lane(String name, int max) {
            this.name = name;
            this.max = max;
        }
    }

    private record Start(Lane lane, Runnable work) {}

    WorkQueue(int workers, InstantSource clock) {
        this.workers = workers;
        this.clock = clock;
        this.dispatcher =
                Thread.ofPlatform().name("messenger-dispatch").daemon().start(this::dispatch);
    }

    /** Adds a job; after {@link #close} it is forgotten, the durable outbox still has it. */
    void offer(Job job, long dueMs) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (dueMs <= clock.millis()) {
                ready(job);
            } else {
                later.add(new Later(dueMs, order++, job));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void ready(Job job) {
        Lane lane = lanes.computeIfAbsent(job.lane(), name -> new Lane(name, job.laneMax()));
        lane.jobs.add(job.work());
        takeTurn(lane);
    }

    private void takeTurn(Lane lane) {
        if (!lane.inTurn && !lane.jobs.isEmpty() && lane.running < lane.max) {
            lane.inTurn = true;
            turn.addLast(lane);
        }
    }

    private void dispatch() {
        while (true) {
            Start start = next();
            if (start == null) {
                return;
            }
            Thread thread = Thread.ofVirtual().name("messenger-task").unstarted(() -> run(start));
            lock.lock();
            try {
                threads.add(thread);
            } finally {
                lock.unlock();
            }
            thread.start();
        }
    }

    private @Nullable Start next() {
        lock.lock();
        try {
            while (!closed) {
                while (!later.isEmpty() && later.peek().dueMs() <= clock.millis()) {
                    ready(later.remove().job());
                }
                Lane lane = running < workers ? turn.pollFirst() : null;
                if (lane != null) {
                    lane.inTurn = false;
                    lane.running++;
                    running++;
                    Runnable work = lane.jobs.removeFirst();
                    takeTurn(lane);
                    return new Start(lane, work);
                }
                if (later.isEmpty()) {
                    changed.await();
                } else {
                    long waitMs = later.peek().dueMs() - clock.millis();
                    changed.await(
                            Math.clamp(waitMs, 1, MessengerLimits.CLOCK_LOOK_MS),
                            TimeUnit.MILLISECONDS);
                }
            }
            return null;
        } catch (InterruptedException e) {
            return null; // nobody interrupts this thread but the end of the program
        } finally {
            lock.unlock();
        }
    }

    private void run(Start start) {
        try {
            start.work().run();
        } finally {
            lock.lock();
            try {
                Lane lane = start.lane();
                lane.running--;
                running--;
                threads.remove(Thread.currentThread());
                takeTurn(lane);
                if (lane.running == 0 && lane.jobs.isEmpty()) {
                    lanes.remove(lane.name);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until nothing runs and nothing is due; whether that came in time. */
    boolean awaitIdle(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long leftNs = patience.toNanos();
            while (running > 0 || !turn.isEmpty()) {
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = changed.awaitNanos(leftNs);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Starts no further job, interrupts those that run and waits for their end. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            dispatcher.join(); // from here on no thread is added
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            threads.forEach(Thread::interrupt);
            while (running > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
