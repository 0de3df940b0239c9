package dev.flywheel.node.verify;

import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The states of one process at one compute unit. One thread. */
public final class UnitStates implements AutoCloseable {
    private static final int CONNECT_MS = 5_000;

    /** A week: longer than the replay of any log that a person waits for. */
    static final int ANSWER_MS = 7 * 24 * 3_600_000;

    /** A state has a hundred globals or so, and a node 16 hashes. */
    private static final long ANSWER_BYTES_MAX = 16L << 20;

    /** A person who waits wants to see that it goes on. */
    private static final long PROGRESS_MS = 2_000;

    private final URI unit;
    private final Id process;
    private final HttpCalls calls =
            new HttpCalls(new HttpCallLimits(CONNECT_MS, ANSWER_MS, ANSWER_BYTES_MAX));

    /**
     * @param unit its URL, without a slash at the end
     */
    public UnitStates(URI unit, Id process) {
        this.unit = unit;
        this.process = process;
    }

    /** Called while an answer is waited for. */
    @FunctionalInterface
    public interface Waiting {
        void goOn() throws IOException, InterruptedException;
    }

    /** The state of now. */
    public StateHash now() throws IOException, InterruptedException {
        JsonNode json = ask("/state-hash/" + process, () -> {});
        return StateHash.of(json, nodes(json.path("nonce").asLong()));
    }

    /** The state right after an entry. */
    public StateHash at(long nonce, Waiting waiting) throws IOException, InterruptedException {
        JsonNode json = ask("/state-hash/" + process + "?to=" + nonce, waiting);
        return StateHash.of(json, nodes(nonce));
    }

    private StateTree.Nodes nodes(long nonce) {
        return (level, index) -> {
            try {
                JsonNode json =
                        ask(
                                "/state-hash/%s?to=%d&level=%d&index=%d"
                                        .formatted(process, nonce, level, index),
                                () -> {});
                return HexFormat.of().parseHex(json.path("node").path("hashes").asString(""));
            } catch (IllegalArgumentException e) {
                throw new IOException("a node of " + unit + " is not hexadecimal", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while comparing with " + unit, e);
            }
        };
    }

    /** The last entry that the unit has evaluated while it catches up, or -1. */
    long catchingUpAt() throws IOException, InterruptedException {
        for (JsonNode each : ask("/status", () -> {}).path("catchingUp")) {
            if (each.path("process").asString("").equals(process.toString())) {
                return each.path("nonce").asLong(-1);
            }
        }
        return -1;
    }

    private JsonNode ask(String path, Waiting waiting) throws IOException, InterruptedException {
        Future<Answer> asked = calls.sendAsync(Call.get(unit + path)).toCompletableFuture();
        Answer answer;
        while (true) {
            try {
                answer = asked.get(PROGRESS_MS, TimeUnit.MILLISECONDS);
                break;
            } catch (TimeoutException e) {
                waiting.goOn();
            } catch (ExecutionException e) {
                throw new VerifyFailedException(
                        "compute unit %s does not answer %s (%s). Start it, or name another URL."
                                .formatted(unit, path, e.getCause()));
            }
        }
        if (!answer.isSuccess()) {
            throw new VerifyFailedException(
                    "compute unit %s cannot say the state of process %s: %d %s"
                            .formatted(unit, process, answer.status(), answer.text()));
        }
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new VerifyFailedException(
                    "%s%s answers no JSON, so it is no compute unit".formatted(unit, path));
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
