package dev.flywheel.platform.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client of a unit: one pool of connections, bounded waits and answers. Follows redirects of
 * GET only. Thread-safe.
 */
public final class HttpCalls implements AutoCloseable {
    private final HttpCallLimits limits;
    private final HttpClient client;

    public HttpCalls(HttpCallLimits limits) {
        this.limits = limits;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofMillis(limits.connectMs()))
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
    }

    /**
     * Sends and waits; call it on a virtual thread.
     *
     * @throws IOException when the peer cannot be reached, does not answer in time, or answers more
     *     than the limit; the text names the address
     */
    public Answer send(Call call) throws IOException, InterruptedException {
        try {
            HttpResponse<byte[]> response = client.send(request(call), info -> bounded());
            return answer(response);
        } catch (IOException e) {
            throw explain(call, e);
        }
    }

    /** Sends; the stage fails with an {@link IOException} as {@link #send} does. */
    public CompletionStage<Answer> sendAsync(Call call) {
        return client.sendAsync(request(call), info -> bounded()).thenApply(HttpCalls::answer);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private static IOException explain(Call call, IOException e) {
        String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new IOException(
                "no answer from " + call.method() + " " + call.uri() + ": " + what, e);
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    private HttpRequest request(Call call) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(call.uri()).timeout(Duration.ofMillis(limits.answerMs()));
        call.headers().forEach(builder::header);
        return builder.method(
                        call.method(),
                        call.body().length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(call.body()))
                .build();
    }

    private BodySubscriber<byte[]> bounded() {
        return new Bounded(limits);
    }

    /**
     * Collects an answer and gives up at the limit, whatever the peer said of its length, and at
     * the time limit: that of the request ends with the headers, and a peer could send a byte a
     * minute after them.
     */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final long bytesMax;
        private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> done = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        Bounded(HttpCallLimits limits) {
            this.bytesMax = limits.answerBytesMax();
            done.orTimeout(limits.answerMs(), TimeUnit.MILLISECONDS);
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (done.isDone() || collected.size() + (long) buffer.remaining() > bytesMax) {
                    giveUp();
                    return;
                }
                byte[] piece = new byte[buffer.remaining()];
                buffer.get(piece);
                collected.writeBytes(piece);
            }
        }

        private void giveUp() {
            if (subscription != null) {
                subscription.cancel();
            }
            done.completeExceptionally(new IOException("answer exceeds " + bytesMax + " bytes"));
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            done.complete(collected.toByteArray());
        }
    }
}
