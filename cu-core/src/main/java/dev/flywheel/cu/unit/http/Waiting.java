package dev.flywheel.cu.unit.http;

import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** How answers wait: for so long, and for what blocks on threads that may. Any thread. */
record Waiting(ExecutorService io, long readerWaitMs) {

    /** An answer that fails with {@code TimeoutException} in time. */
    CompletableFuture<Response> limited() {
        return new CompletableFuture<Response>().orTimeout(readerWaitMs, TimeUnit.MILLISECONDS);
    }

    /** Runs what blocks; the answer fails with what it throws. */
    void async(CompletableFuture<Response> answer, Runnable work) {
        try {
            io.execute(
                    () -> {
                        try {
                            work.run();
                        } catch (RuntimeException | Error e) {
                            answer.completeExceptionally(e);
                        }
                    });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new StatusException(503, "compute unit is shutting down"));
        }
    }
}
