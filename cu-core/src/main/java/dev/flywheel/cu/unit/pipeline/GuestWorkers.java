package dev.flywheel.cu.unit.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that guests run on. A few run at once; one that is long in a single step does not
 * count, another takes its place while tasks wait, up to a limit. So a long evaluation never holds
 * up another process.
 *
 * <p>The queue is bounded by its users: each process has at most one step in it, and there is a
 * limit on looks.
 */
final class GuestWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestWorkers.class);

    /** Longer than any evaluation that was told to end takes to do so. */
    private static final int END_MS = 10_000;

    private final ThreadFactory factory;
    private final Sizes sizes;
    private final LongSupplier nanoClock;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicBoolean watching = new AtomicBoolean();
    private final ScheduledExecutorService watch;
    private boolean closed;

    /**
     * How many threads.
     *
     * @param running threads that run at once
     * @param most threads at all
     * @param stuckMs time in one step after which a thread does not count, in milliseconds
     */
    record Sizes(int running, int most, long stuckMs) {}

    GuestWorkers(ThreadFactory factory, Sizes sizes, LongSupplier nanoClock) {
        this.factory = factory;
        this.sizes = sizes;
        this.nanoClock = nanoClock;
        this.watch =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("cu-watch").daemon(true).factory());
    }

    /** Runs a task as soon as a thread is free. */
    void execute(Runnable task) {
        tasks.add(task);
        synchronized (workers) {
            if (closed) {
                throw new IllegalStateException("guest threads are closed");
            }
            if (workers.size() < sizes.running()) {
                start();
            }
        }
        watch();
    }

    /** Runs something short after a while, unless this ends before. */
    void later(long ms, Runnable task) {
        watch.schedule(task, ms, TimeUnit.MILLISECONDS);
    }

    private void watch() {
        if (watching.compareAndSet(false, true)) {
            watch.schedule(this::replaceStuck, sizes.stuckMs(), TimeUnit.MILLISECONDS);
        }
    }

    private void replaceStuck() {
        watching.set(false);
        synchronized (workers) {
            if (tasks.isEmpty() || closed) {
                return;
            }
            long wanted = Math.min(sizes.most(), sizes.running() + stuck());
            while (workers.size() < wanted) {
                start();
            }
        }
        watch();
    }

    private long stuck() {
        long now = nanoClock.getAsLong();
        return workers.stream().filter(worker -> worker.isStuck(now)).count();
    }

    private void start() {
        Worker worker = new Worker();
        Thread thread = factory.newThread(worker);
        worker.thread = thread;
        workers.add(worker);
        thread.start();
    }

    /** Threads there are now. */
    int threads() {
        synchronized (workers) {
            return workers.size();
        }
    }

    /** Tasks that wait. */
    int waiting() {
        return tasks.size();
    }

    /** Runs what is queued, then ends the threads; tasks that were told to end must do so. */
    @Override
    public void close() {
        List<Worker> last;
        synchronized (workers) {
            closed = true;
            last = List.copyOf(workers);
            for (int i = 0; i < last.size(); i++) {
                tasks.add(new End());
            }
        }
        watch.shutdownNow();
        for (Worker worker : last) {
            try {
                if (!worker.ended(END_MS)) {
                    LOG.error("a guest thread does not end thread={}", worker.thread);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Ends the thread that takes it. */
    private static final class End implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("not to be run");
        }
    }

    private final class Worker implements Runnable {
        volatile Thread thread = Thread.currentThread(); // until it is known
        private volatile boolean running;
        private volatile long sinceNs;

        boolean isStuck(long now) {
            return running && now - sinceNs > TimeUnit.MILLISECONDS.toNanos(sizes.stuckMs());
        }

        boolean ended(long waitMs) throws InterruptedException {
            thread.join(waitMs);
            return !thread.isAlive();
        }

        @Override
        public void run() {
            try {
                while (true) {
                    Runnable task = tasks.take();
                    if (task instanceof End || !go(task)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                synchronized (workers) {
                    workers.remove(this);
                }
            }
        }

        /** Whether this thread is still needed after the task. */
        private boolean go(Runnable task) {
            sinceNs = nanoClock.getAsLong();
            running = true;
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a step failed without telling its process", e);
            } finally {
                running = false;
            }
            synchronized (workers) {
                return closed || workers.size() - stuck() <= sizes.running();
            }
        }
    }
}
