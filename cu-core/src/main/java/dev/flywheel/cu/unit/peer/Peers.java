package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.AnswerTooLargeException;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.http.StatusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls to other units: a bounded number at once, with bounded tries. Blocks; call it on virtual
 * threads. Thread-safe.
 *
 * <p>A peer that cannot be reached or answers 5xx or 429 is asked again; a 4xx is its last word,
 * and one that was silent for as long as it may be has used its time. Peers that fail several times
 * are left alone for a while.
 */
public final class Peers implements AutoCloseable {
    /** Nothing of the client's request is to blame. */
    private static final int BAD_GATEWAY = 502;

    private final HttpCalls calls;
    private final Breakers breakers;
    private final Redirects redirects;
    private final Semaphore running = new Semaphore(UnitLimits.FETCHES_MAX);
    private final long documentBytesMax;
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean closed;

    public Peers(InstantSource clock) {
        this(
                clock,
                new HttpCallLimits(
                        UnitLimits.PEER_CONNECT_MS,
                        UnitLimits.PEER_ANSWER_MS,
                        UnitLimits.DOCUMENT_BYTES_MAX),
                InetAddress::getAllByName);
    }

    Peers(InstantSource clock, HttpCallLimits limits, Redirects.Resolver resolver) {
        this.calls = new HttpCalls(limits);
        this.documentBytesMax = limits.answerBytesMax();
        this.breakers = new Breakers(clock);
        this.redirects = new Redirects(resolver);
    }

    /**
     * The body of a successful answer.
     *
     * @param what begins the error, in the reference's words
     * @throws StatusException 404 when the peer says 4xx, 502 when it gives no usable answer; the
     *     text has the peer's status and words, or the address
     */
    public byte[] load(String what, Call call) {
        try {
            return load(what, call, documentBytesMax);
        } catch (AnswerTooLargeException e) {
            throw new StatusException(BAD_GATEWAY, what + ": " + e.getMessage());
        }
    }

    /**
     * As {@link #load(String, Call)} with another limit.
     *
     * @throws AnswerTooLargeException when the answer has more bytes than that
     */
    byte[] load(String what, Call call, long bytesMax) throws AnswerTooLargeException {
        Answer answer = ask(what, call, bytesMax);
        if (!answer.isSuccess()) {
            throw refusal(what, answer);
        }
        return answer.body();
    }

    /** As {@link #load}, with null where the peer says 404. */
    public byte @Nullable [] loadOrNull(String what, Call call) {
        Answer answer;
        try {
            answer = ask(what, call, documentBytesMax);
        } catch (AnswerTooLargeException e) {
            throw new StatusException(BAD_GATEWAY, what + ": " + e.getMessage());
        }
        if (answer.status() == 404) {
            return null;
        }
        if (!answer.isSuccess()) {
            throw refusal(what, answer);
        }
        return answer.body();
    }

    /** Answers that did not come or were 5xx, tries counted singly. */
    public long failures() {
        return failures.get();
    }

    private static StatusException refusal(String what, Answer answer) {
        return new StatusException(
                404, what + ": " + answer.status() + ": " + brief(answer.text()));
    }

    /** An answer below 500. */
    private Answer ask(String what, Call call, long bytesMax) throws AnswerTooLargeException {
        long leftMs = breakers.waitMs(call.uri());
        if (leftMs > 0) {
            throw new StatusException(
                    BAD_GATEWAY,
                    "%s: %s gave no answer %d times in a row, it is asked again in %d ms"
                            .formatted(
                                    what,
                                    call.uri().getAuthority(),
                                    breakers.failures(call.uri()),
                                    leftMs));
        }
        String last = "";
        long[] waits = UnitLimits.retryMs();
        for (int attempt = 0; ; attempt++) {
            boolean wasSilent = false;
            try {
                Answer answer = following(call, bytesMax);
                if (answer.status() < 500 && answer.status() != 429) {
                    breakers.answered(call.uri());
                    return answer;
                }
                last = answer.status() + ": " + brief(answer.text()) + " from " + call.uri();
            } catch (AnswerTooLargeException e) {
                breakers.answered(call.uri());
                throw e;
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
                wasSilent = isTimeout(e);
            } catch (InterruptedException e) {
                throw interrupted();
            }
            failures.incrementAndGet();
            if (attempt == waits.length || wasSilent || closed) {
                breakers.failed(call.uri());
                throw new StatusException(BAD_GATEWAY, what + ": " + last);
            }
            pause(waits[attempt]);
        }
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if ((at instanceof HttpTimeoutException && !(at instanceof HttpConnectTimeoutException))
                    || at instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    private Answer following(Call call, long bytesMax) throws IOException, InterruptedException {
        Call at = call;
        for (int hops = 0; ; hops++) {
            Answer answer = sendOne(at, bytesMax);
            String location = answer.header("Location");
            if (answer.status() / 100 != 3 || location == null) {
                return answer;
            }
            if (hops == UnitLimits.REDIRECTS_MAX) {
                throw new IOException("more than " + hops + " redirects from " + call.uri());
            }
            at =
                    new Call(
                            at.method(),
                            redirects.target(at.uri(), location),
                            at.headers(),
                            at.body());
        }
    }

    private Answer sendOne(Call call, long bytesMax) throws IOException, InterruptedException {
        running.acquire();
        try {
            Answer answer = calls.send(call, bytesMax);
            String coding = answer.header("Content-Encoding");
            if (coding != null && !coding.isBlank() && !coding.equalsIgnoreCase("identity")) {
                // Never asked for; nothing here unpacks what a peer may have packed without end.
                throw new IOException(
                        "%s answers in Content-Encoding %s, which was not asked for; is a proxy before it?"
                                .formatted(call.uri(), brief(coding)));
            }
            return answer;
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot call " + call.uri() + ": " + e.getMessage(), e);
        } finally {
            running.release();
        }
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static StatusException interrupted() {
        Thread.currentThread().interrupt();
        return new StatusException(503, "compute unit is shutting down");
    }

    static String brief(String text) {
        return text.length() <= UnitLimits.PEER_ERROR_CHARS_MAX
                ? text
                : text.substring(0, UnitLimits.PEER_ERROR_CHARS_MAX) + "...";
    }

    @Override
    public void close() {
        closed = true;
        calls.close();
    }
}
