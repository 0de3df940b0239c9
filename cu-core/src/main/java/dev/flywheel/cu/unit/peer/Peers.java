package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.http.StatusException;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls to other units: a bounded number at once, with bounded tries. Blocks; call it on virtual
 * threads. Thread-safe.
 *
 * <p>A peer that cannot be reached or answers 5xx or 429 is asked again; a 4xx is its last word.
 */
public final class Peers implements AutoCloseable {
    /** Nothing of the client's request is to blame. */
    private static final int BAD_GATEWAY = 502;

    private final HttpCalls calls =
            new HttpCalls(
                    new HttpCallLimits(
                            UnitLimits.PEER_CONNECT_MS,
                            UnitLimits.PEER_ANSWER_MS,
                            UnitLimits.DOCUMENT_BYTES_MAX));
    private final Semaphore running = new Semaphore(UnitLimits.FETCHES_MAX);
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean closed;

    /**
     * The body of a successful answer.
     *
     * @param what begins the error, in the reference's words
     * @throws StatusException 404 when the peer says 4xx, 502 when it gives no usable answer; the
     *     text has the peer's status and words, or the address
     */
    public byte[] load(String what, Call call) {
        Answer answer = ask(what, call);
        if (!answer.isSuccess()) {
            throw refusal(what, answer);
        }
        return answer.body();
    }

    /** As {@link #load}, with null where the peer says 404. */
    public byte @Nullable [] loadOrNull(String what, Call call) {
        Answer answer = ask(what, call);
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
    private Answer ask(String what, Call call) {
        String last = "";
        long[] waits = UnitLimits.retryMs();
        for (int attempt = 0; ; attempt++) {
            try {
                Answer answer = following(call);
                if (answer.status() < 500 && answer.status() != 429) {
                    return answer;
                }
                last = answer.status() + ": " + brief(answer.text()) + " from " + call.uri();
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                throw interrupted();
            }
            failures.incrementAndGet();
            if (attempt == waits.length || closed) {
                throw new StatusException(BAD_GATEWAY, what + ": " + last);
            }
            pause(waits[attempt]);
        }
    }

    private Answer following(Call call) throws IOException, InterruptedException {
        Call at = call;
        for (int hops = 0; ; hops++) {
            Answer answer = sendOne(at);
            String location = answer.header("Location");
            boolean redirect = answer.status() / 100 == 3 && location != null;
            if (!redirect) {
                return answer;
            }
            if (hops == UnitLimits.REDIRECTS_MAX) {
                throw new IOException("more than " + hops + " redirects from " + call.uri());
            }
            at = new Call(at.method(), target(at.uri(), location), at.headers(), at.body());
        }
    }

    private static URI target(URI from, @Nullable String location) throws IOException {
        try {
            return from.resolve(String.valueOf(location));
        } catch (IllegalArgumentException e) {
            throw new IOException("redirect of " + from + " leads nowhere: " + location, e);
        }
    }

    private Answer sendOne(Call call) throws IOException, InterruptedException {
        running.acquire();
        try {
            return calls.send(call);
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
