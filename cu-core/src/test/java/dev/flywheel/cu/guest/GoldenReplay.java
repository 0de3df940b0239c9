package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
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

    /** Replays a file of one JSON object a line. */
    void run(Path file) throws Exception {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
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
        String[] seen = new String[2];
        process.observe(
                (answer, memory) -> {
                    seen[0] = GuestMemory.decode(answer);
                    seen[1] = GuestProcess.sha256(memory) + " " + memory.byteSize();
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
            String expected =
                    thrown.get("kind").stringValue() + ": " + thrown.path("message").stringValue("");
            same(name, "thrown", expected, got.diagnostic());
        } else {
            response(name, step, fresh, String.valueOf(seen[0]));
            if (step.has("memorySha256")) {
                JsonNode from = fresh.has("memorySha256") ? fresh : step;
                JsonNode bytes = fresh.has("memoryBytes") ? fresh : step;
                String expected =
                        from.get("memorySha256").stringValue() + " " + bytes.get("memoryBytes");
                same(name, "memory", expected, seen[1]);
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
            differences.add(name + " " + what + ": expected " + cut(expected) + " got " + cut(got));
        }
    }

    private static String cut(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
