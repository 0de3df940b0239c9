package dev.flywheel.messenger;

import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.platform.sql.SqlWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a store. Works of many threads are run on its thread, as many as wait in one
 * commit; each is told when its commit is done. A work that fails fails alone.
 */
final class GroupWriter implements AutoCloseable {
    private final SqlStore store;
    private final BlockingQueue<Write<?>> waiting =
            new ArrayBlockingQueue<>(MessengerLimits.WRITES_WAITING_MAX);
    private final Thread thread;

    private static final class Write<T> {
        private final @Nullable SqlWork<T> work; // null ends the thread
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private @Nullable Runnable complete;

        Write(@Nullable SqlWork<T> work) {
            this.work = work;
        }

        void run(SqlSession session) throws SQLException {
            if (work != null) {
                T result = work.run(session);
                complete = () -> done.complete(result);
            }
        }

        void committed() {
            if (complete != null) {
                complete.run();
            }
        }
    }

    GroupWriter(SqlStore store) {
        this.store = store;
        this.thread = Thread.ofPlatform().name("messenger-outbox").daemon().start(this::loop);
    }

    /**
     * Queues a work; the stage completes after its commit, on the writer's thread, and fails with
     * {@link SqlStoreException} when nothing was written.
     */
    <T> CompletableFuture<T> submit(SqlWork<T> work) {
        Write<T> write = new Write<>(work);
        put(write);
        return write.done;
    }

    /**
     * Runs a work and waits for its commit.
     *
     * @throws SqlStoreException when nothing was written
     */
    <T> T write(SqlWork<T> work) {
        try {
            return submit(work).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void put(Write<?> write) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.put(write); // short: the writer never waits for anybody
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        List<Write<?>> batch = new ArrayList<>();
        boolean open = true;
        while (open) {
            batch.clear();
            try {
                batch.add(waiting.take());
            } catch (InterruptedException e) {
                break; // nobody interrupts this thread but the end of the program
            }
            waiting.drainTo(batch, MessengerLimits.WRITES_PER_COMMIT - 1);
            open = batch.stream().noneMatch(write -> write.work == null);
            commit(batch);
        }
        for (Write<?> late = waiting.poll(); late != null; late = waiting.poll()) {
            late.done.completeExceptionally(new IllegalStateException("messenger is closed"));
        }
    }

    private void commit(List<Write<?>> batch) {
        try {
            store.write(
                    session -> {
                        for (Write<?> write : batch) {
                            write.run(session);
                        }
                        return true;
                    });
        } catch (RuntimeException e) {
            if (batch.size() == 1) {
                batch.getFirst().done.completeExceptionally(e);
            } else {
                batch.forEach(write -> commit(List.of(write)));
            }
            return;
        }
        batch.forEach(Write::committed);
    }

    /** Runs what waits, then ends the thread; not the store. */
    @Override
    public void close() {
        put(new Write<Object>(null));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
