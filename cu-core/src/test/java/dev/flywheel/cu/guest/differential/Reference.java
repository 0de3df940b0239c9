package dev.flywheel.cu.guest.differential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The reference's loader in a Node process, one sequence after the other. Needs Node.js 20 or later
 * with npm, which fetches the pinned package when it is not there yet. One thread.
 */
public final class Reference implements AutoCloseable {
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", ".npmrc", "peer.mjs", "reference.mjs");
    private static final Path SOURCES = Path.of("src/test/ao-loader");
    private static final Path FOLDER = Path.of("target/ao-loader").toAbsolutePath();
    private static final long INSTALL_S = 300;

    /** The first sequence of a metered module waits for the loader to instrument it: seconds. */
    private static final long ANSWER_S = 300;

    private final Process node;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final Path complaints;

    private Reference(Process node, Path complaints) {
        this.node = node;
        this.complaints = complaints;
        this.requests = node.outputWriter(UTF_8);
        this.answers = node.inputReader(UTF_8);
    }

    /**
     * Starts it.
     *
     * @throws AssertionError when Node or npm is missing, or the package cannot be had
     */
    public static Reference start() throws IOException, InterruptedException {
        install();
        Path complaints = FOLDER.resolve("node.log");
        return new Reference(
                begin(new ProcessBuilder("node", "peer.mjs").redirectError(complaints.toFile())),
                complaints);
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Path installed = FOLDER.resolve("node_modules/.package-lock.json");
        Path lock = FOLDER.resolve("package-lock.json");
        boolean current =
                Files.exists(installed)
                        && Files.exists(lock)
                        && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        for (String file : FILES) {
            Files.copy(
                    SOURCES.resolve(file),
                    FOLDER.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        if (current) {
            return;
        }
        Path log = FOLDER.resolve("npm.log");
        Process npm =
                begin(
                        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--loglevel=error")
                                .redirectErrorStream(true)
                                .redirectOutput(log.toFile()));
        boolean ended = npm.waitFor(INSTALL_S, TimeUnit.SECONDS);
        npm.destroyForcibly();
        assertThat(ended).as("npm ci ends\n" + Files.readString(log)).isTrue();
        assertThat(npm.exitValue()).as("npm ci\n" + Files.readString(log)).isZero();
    }

    private static Process begin(ProcessBuilder builder) {
        try {
            return builder.directory(FOLDER.toFile()).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test runs the reference's loader and needs Node.js 20 or later with npm: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * What the reference makes of a sequence: facts of each message, and of the memory at the end.
     *
     * @param fresh a new instance for each message, as after a restart of the unit
     * @param hashes whether facts of each message tell the hash of the memory
     * @throws AssertionError when it does not answer
     */
    public List<Facts> answer(Sequence sequence, Path wasm, boolean fresh, boolean hashes)
            throws InterruptedException {
        JsonNode answer = Json.MAPPER.readTree(ask(request(sequence, wasm, fresh, hashes)));
        if (answer.has("fault")) {
            throw new AssertionError(
                    "the reference's side failed: "
                            + answer.get("fault").stringValue()
                            + "\n"
                            + sequence.shown());
        }
        List<Facts> facts = new ArrayList<>();
        for (JsonNode step : answer.get("steps")) {
            facts.add(facts(step));
        }
        Facts last = facts.getLast();
        last.put("last memory", answer.get("memorySha256").stringValue());
        return facts;
    }

    private static String request(Sequence sequence, Path wasm, boolean fresh, boolean hashes) {
        JsonText json = new JsonText().beginObject();
        json.name("wasm").string(wasm.toString()).name("format").string(sequence.format());
        if (sequence.metered()) {
            json.name("computeLimit").number(Sequence.GAS_LIMIT);
        }
        json.name("fresh").bool(fresh).name("hashes").bool(hashes);
        String environment = new String(Messages.environment(sequence), UTF_8);
        json.name("steps").beginArray();
        for (int i = 0; i < sequence.steps().size(); i++) {
            String message = new String(Messages.message(sequence, i), UTF_8);
            json.beginObject().name("message").string(message);
            json.name("environment").string(environment).endObject();
        }
        return json.endArray().endObject().toString();
    }

    private String ask(String request) throws InterruptedException {
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                requests.write(request);
                                requests.write('\n');
                                requests.flush();
                                line.complete(answers.readLine());
                            } catch (IOException e) {
                                line.completeExceptionally(e);
                            }
                        });
        try {
            String answer = line.get(ANSWER_S, TimeUnit.SECONDS);
            if (answer != null) {
                return answer;
            }
            throw new AssertionError("the reference's loader ended: " + complaints());
        } catch (ExecutionException | TimeoutException e) {
            node.destroyForcibly();
            throw new AssertionError("the reference's loader does not answer: " + complaints(), e);
        }
    }

    private String complaints() {
        try {
            return complaints + "\n" + Files.readString(complaints);
        } catch (IOException e) {
            return complaints + " cannot be read: " + e.getMessage();
        }
    }

    private static Facts facts(JsonNode step) {
        Facts facts = new Facts();
        for (String name : List.of("responseBytes", "responseSha256", "gasUsed")) {
            if (step.has(name)) {
                facts.put(name, step.get(name).asString());
            }
        }
        if (step.has("response")) {
            facts.put("response", step.get("response").stringValue());
        }
        JsonNode thrown = step.get("thrown");
        if (thrown != null) {
            thrown(facts, thrown.get("kind").stringValue(), thrown.get("message").stringValue());
        } else if (step.has("result")) {
            result(facts, step.get("result"));
        }
        facts.put("kept", step.get("kept").asString());
        for (String name : Arrays.asList("memoryBytes", "memorySha256")) {
            if (step.has(name)) {
                facts.put(name, step.get(name).asString());
            }
        }
        return facts;
    }

    private static void thrown(Facts facts, String kind, String message) {
        switch (kind) {
            case "guest" -> facts.put("Error", new String(JsonText.quote(message), UTF_8));
            case "value" -> facts.put("thrown", kind + ": " + message);
            // The wording is that of the reference's engine.
            case "SyntaxError", "TypeError" -> facts.put("thrown", kind);
            default -> facts.put("thrown", kind + ": " + message);
        }
    }

    private static void result(Facts facts, JsonNode result) {
        for (String name : List.of("Messages", "Spawns", "Assignments")) {
            JsonNode list = result.get(name);
            facts.putJson(name, list == null ? Json.MAPPER.createArrayNode() : list);
        }
        JsonNode output = result.get("Output");
        facts.putJson(
                "Output", output == null ? Json.MAPPER.getNodeFactory().stringNode("") : output);
        if (result.has("Error")) {
            facts.putJson("Error", result.get("Error"));
        }
    }

    @Override
    public void close() {
        try {
            requests.close();
        } catch (IOException e) {
            // It ended before: whoever waited for its answer was told.
            node.destroyForcibly();
        }
        try {
            if (!node.waitFor(10, TimeUnit.SECONDS)) {
                node.destroyForcibly();
            }
        } catch (InterruptedException e) {
            node.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
