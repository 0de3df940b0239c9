package dev.flywheel.node.doctor;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Asks over HTTP; what goes wrong is an outcome. One thread. */
final class Asking implements AutoCloseable {
    private final HttpCalls calls =
            new HttpCalls(
                    new HttpCallLimits(
                            DoctorLimits.CONNECT_MS,
                            DoctorLimits.ANSWER_MS,
                            DoctorLimits.ANSWER_BYTES_MAX));
    private final HttpCalls modules =
            new HttpCalls(
                    new HttpCallLimits(
                            DoctorLimits.CONNECT_MS,
                            DoctorLimits.ANSWER_MS,
                            DoctorLimits.MODULE_BYTES_MAX));

    /**
     * How a question ended.
     *
     * @param answer null when there was none
     * @param problem why not; empty when there was one
     * @param ms time that it took
     * @param atMs when it was there, by this machine's clock
     */
    record Outcome(@Nullable Answer answer, String problem, long ms, long atMs) {
        boolean isSuccess() {
            return answer != null && answer.isSuccess();
        }

        /** The body as JSON; a missing node when it is none. */
        JsonNode json() {
            if (answer == null) {
                return MissingNode.getInstance();
            }
            try {
                return Json.MAPPER.readTree(answer.body());
            } catch (JacksonException e) {
                return MissingNode.getInstance();
            }
        }

        String text() {
            return answer == null ? "" : answer.text().strip();
        }

        @Nullable String header(String name) {
            return answer == null ? null : answer.header(name);
        }

        /** For a person: status and the beginning of the body, or why there is none. */
        String shown() {
            return answer == null
                    ? cut(problem)
                    : "status %d, \"%s\"".formatted(answer.status(), cut(text()));
        }
    }

    static String cut(String text) {
        return text.length() <= DoctorLimits.SHOWN_CHARS_MAX
                ? text
                : text.substring(0, DoctorLimits.SHOWN_CHARS_MAX) + "...";
    }

    Outcome get(String url) throws InterruptedException {
        return ask(
                calls,
                new Call(
                        "GET", URI.create(url), Map.of("accept", "application/json"), new byte[0]));
    }

    /** Without a wish for a form: a node then gives one value as plain text. */
    Outcome plain(String url) throws InterruptedException {
        return ask(calls, new Call("GET", URI.create(url), Map.of(), new byte[0]));
    }

    Outcome module(String url) throws InterruptedException {
        return ask(modules, new Call("GET", URI.create(url), Map.of(), new byte[0]));
    }

    Outcome post(String url, String json) throws InterruptedException {
        return ask(
                calls, Call.post(url, "application/json", json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Outcome ask(HttpCalls calls, Call call) throws InterruptedException {
        long startNs = System.nanoTime();
        Answer answer = null;
        String problem = "";
        try {
            answer = calls.send(call);
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return new Outcome(
                answer,
                problem,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs),
                System.currentTimeMillis());
    }

    @Override
    public void close() {
        calls.close();
        modules.close();
    }
}
