package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Replays recorded evaluations of the reference, one process for each scenario, kept warm. */
final class GoldenReplay {
    private final GuestBench bench;
    private final byte[] wasm;
    private final List<String> differences = new ArrayList<>();
    private int compared;

    GoldenReplay(GuestBench bench, byte[] wasm) {
        this.bench = bench;
        this.wasm = wasm;
    }

    List<String> differences() {
        return differences;
    }

    int compared() {
        return compared;
    }

    /** Replays compressed lines of one JSON object each. */
    void run(InputStream compressed) throws Exception {
        try (InputStream in = new GZIPInputStream(compressed);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            String scenario = "";
            GuestProcess process = null;
            Map<String, GuestModule> modules = new HashMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode step = Json.MAPPER.readTree(line);
                String name = step.get("scenario").stringValue();
                if (process == null || !name.equals(scenario)) {
                    if (process != null) {
                        process.close();
                    }
                    scenario = name;
                    String format = step.get("format").stringValue();
                    GuestModule module = modules.get(format);
                    if (module == null) {
                        module = bench.engine.load(Id.sha256(wasm), wasm, format);
                        modules.put(format, module);
                    }
                    process = module.newProcess(GuestProcessOptions.of(GuestBench.PROCESS));
                }
                step(process, step, scenario + "/" + step.get("name").stringValue());
            }
            if (process != null) {
                process.close();
            }
            modules.values().forEach(GuestModule::close);
        }
    }

    private void step(GuestProcess process, JsonNode step, String name) {
        String[] seen = new String[3];
        process.observe(
                (answer, memory) -> {
                    seen[0] = GuestMemory.decode(answer);
                    seen[1] = step.has("memorySha256") ? GuestProcess.sha256(memory) : "";
                    seen[2] = String.valueOf(memory.byteSize());
                });
        byte[] message = step.get("message").stringValue().getBytes(UTF_8);
        byte[] environment = step.get("environment").stringValue().getBytes(UTF_8);
        EvaluationLimits limits =
                step.has("computeLimit")
                        ? new EvaluationLimits(
                                step.get("computeLimit").longValue(),
                                GuestLimits.DEFAULT_WALL_CLOCK_MS)
                        : EvaluationLimits.DEFAULTS;
        boolean dry = step.has("dry");
        Evaluation got =
                dry
                        ? process.dryRun(message, environment, limits)
                        : process.evaluate(message, environment, limits);
        JsonNode fresh = step.path("freshInstance");
        if (step.has("thrown")) {
            JsonNode thrown = step.get("thrown");
            thrown(name, thrown.get("kind").stringValue(), thrown.get("message"), got);
        } else {
            response(name, step, fresh, String.valueOf(seen[0]));
            if (step.has("result") && !fresh.has("response")) {
                result(name, step.get("result"), got.result());
            }
            JsonNode bytes = fresh.has("memoryBytes") ? fresh : step;
            same(name, "memoryBytes", bytes.get("memoryBytes").toString(), "" + seen[2]);
            if (step.has("memorySha256")) {
                JsonNode from = fresh.has("memorySha256") ? fresh : step;
                same(name, "memory", from.get("memorySha256").stringValue(), "" + seen[1]);
            }
            if (step.has("computeLimit") && step.has("gasUsed")) {
                same(
                        name,
                        "gas",
                        step.get("gasUsed").toString(),
                        String.valueOf(got.result().gasUsed().orElse(-1)));
            }
        }
        boolean kept = step.get("memoryKept").booleanValue() && !dry;
        same(name, "memoryKept", String.valueOf(kept), String.valueOf(got.memoryKept()));
    }

    private void thrown(String name, String kind, JsonNode message, Evaluation got) {
        if (kind.equals("guest")) {
            same(name, "kind", "GUEST_ERROR", got.kind().toString());
            same(name, "error", message.toString(), json(got.result().error()).toString());
        } else if (kind.equals("SyntaxError") || kind.equals("TypeError")) {
            // The wording is that of the reference's engine.
            same(name, "thrown", kind, got.diagnostic().replaceFirst("(?s):.*", ""));
        } else {
            same(name, "thrown", kind + ": " + message.stringValue(), got.diagnostic());
        }
    }

    private static JsonNode json(byte @Nullable [] bytes) {
        return bytes == null ? Json.MAPPER.missingNode() : Json.MAPPER.readTree(bytes);
    }

    /** The parts of a result against those that the loader gave; a missing list is empty. */
    private void result(String name, JsonNode expected, EvaluationResult got) {
        same(name, "Messages", list(expected.get("Messages")), json(got.messages()).toString());
        same(name, "Spawns", list(expected.get("Spawns")), json(got.spawns()).toString());
        same(
                name,
                "Assignments",
                list(expected.get("Assignments")),
                json(got.assignments()).toString());
        JsonNode output = expected.get("Output");
        same(
                name,
                "Output",
                output == null ? "\"\"" : output.toString(),
                json(got.output()).toString());
        same(
                name,
                "Error",
                String.valueOf(expected.get("Error")),
                got.error() == null ? "null" : json(got.error()).toString());
    }

    private static String list(@Nullable JsonNode node) {
        return node == null ? "[]" : node.toString();
    }

    private void response(String name, JsonNode step, JsonNode fresh, String got) {
        JsonNode expected = fresh.has("response") ? fresh.get("response") : step.get("response");
        if (expected != null) {
            same(name, "response", expected.stringValue(), got);
            return;
        }
        byte[] utf8 = got.getBytes(UTF_8);
        same(name, "responseLength", step.get("responseLength").toString(), "" + utf8.length);
        same(name, "responseSha256", step.get("responseSha256").stringValue(), sha256(utf8));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void same(String name, String what, String expected, String got) {
        compared++;
        if (!expected.equals(got)) {
            int from = Math.max(0, firstDifference(expected, got) - 60);
            differences.add(
                    name
                            + " "
                            + what
                            + ": expected "
                            + cut(expected, from)
                            + " got "
                            + cut(got, from));
        }
    }

    private static int firstDifference(String a, String b) {
        int i = 0;
        while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    private static String cut(String text, int from) {
        int end = Math.min(text.length(), from + 300);
        return (from == 0 ? "" : "…")
                + text.substring(from, end)
                + (end == text.length() ? "" : "…");
    }
}
