package dev.flywheel.platform.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The client of a unit: one pool of connections, bounded waits and answers. Follows no redirects.
 * Thread-safe.
 */
public final class HttpCalls implements AutoCloseable {
    private final HttpCallLimits limits;
    private final HttpClient client;

    /** Bytes of answers that are being read. */
    private final AtomicLong reading = new AtomicLong();

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
        return send(call, limits.answerBytesMax());
    }

    /**
     * As {@link #send(Call)} with another limit.
     *
     * @throws AnswerTooLargeException when the answer has more bytes than that
     */
    public Answer send(Call call, long answerBytesMax) throws IOException, InterruptedException {
        try {
            HttpResponse<byte[]> response =
                    client.send(request(call), info -> new Bounded(answerBytesMax));
            return answer(response);
        } catch (IOException e) {
            throw explain(call, e);
        }
    }

    /** Sends; the stage fails with an {@link IOException} as {@link #send} does. */
    public CompletionStage<Answer> sendAsync(Call call) {
        return client.sendAsync(request(call), info -> new Bounded(limits.answerBytesMax()))
                .thenApply(HttpCalls::answer);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private static IOException explain(Call call, IOException e) {
        String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String text = "no answer from " + call.method() + " " + call.uri() + ": " + what;
        return e.getCause() instanceof AnswerTooLargeException
                ? new AnswerTooLargeException(text)
                : new IOException(text, e);
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

    /**
     * Collects an answer and gives up at the limit, whatever the peer said of its length, and at
     * the time limit: that of the request ends with the headers, and a peer could send a byte a
     * minute after them. All that is collected at once is limited too, so that many large answers
     * cannot fill the heap; a single one always may.
     */
    private final class Bounded implements BodySubscriber<byte[]> {
        private final long bytesMax;
        private final List<byte[]> collected = new ArrayList<>();
        private long bytes;
        private boolean ended;
        private final CompletableFuture<byte[]> done = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        Bounded(long bytesMax) {
            this.bytesMax = bytesMax;
            done.orTimeout(limits.answerMs(), TimeUnit.MILLISECONDS);
            // Also when the time is up and nothing more comes, which would tell nobody.
            done.whenComplete(
                    (body, failure) -> {
                        if (failure != null) {
                            end();
                        }
                    });
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return done;
        }

        @Override
        public synchronized void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            if (ended) {
                subscription.cancel();
                return;
            }
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public synchronized void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (ended) {
                    return;
                }
                int length = buffer.remaining();
                if (bytes + length > bytesMax) {
                    done.completeExceptionally(
                            new AnswerTooLargeException("answer exceeds " + bytesMax + " bytes"));
                    return;
                }
                bytes += length;
                long all = reading.addAndGet(length);
                if (all > limits.readingBytesMax() && all > bytes) {
                    done.completeExceptionally(
                            new IOException(
                                    "answers that are being read have more than %d bytes together"
                                            .formatted(limits.readingBytesMax())));
                    return;
                }
                byte[] piece = new byte[length];
                buffer.get(piece);
                collected.add(piece);
            }
        }

        private synchronized void end() {
            ended = true;
            if (subscription != null) {
                subscription.cancel();
            }
            drop();
        }

        private void drop() {
            reading.addAndGet(-bytes);
            bytes = 0;
            collected.clear();
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public synchronized void onComplete() {
            if (ended) {
                return;
            }
            byte[] body = new byte[(int) bytes];
            int at = 0;
            for (byte[] piece : collected) {
                System.arraycopy(piece, 0, body, at, piece.length);
                at += piece.length;
            }
            drop();
            done.complete(body);
        }
    }
}
