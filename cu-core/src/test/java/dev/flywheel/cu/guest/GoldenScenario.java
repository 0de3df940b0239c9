package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/**
 * Recorded evaluations of one process, in order.
 *
 * @param format the Module-Format to load the module under
 * @param gasLimit most gas of its start and of each evaluation
 */
record GoldenScenario(
        String module,
        GoldenRun run,
        String name,
        String format,
        long gasLimit,
        List<GoldenStep> steps) {

    private static final String METERED_32 = "wasm32-unknown-emscripten-metering";
    private static final String METERED_64 = "wasm64-unknown-emscripten-draft_2024_10_16-metering";

    /** All scenarios of a real module that can be played so. */
    static List<GoldenScenario> of(String module, GoldenRun run) throws IOException {
        return of("eval", module, run);
    }

    /**
     * All scenarios of a recording that can be played so.
     *
     * @param folder of the recording
     */
    static List<GoldenScenario> of(String folder, String module, GoldenRun run) throws IOException {
        Map<String, List<GoldenStep>> scenarios = new LinkedHashMap<>();
        String name = "/golden/" + folder + "/" + module + ".jsonl.gz";
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        requireNonNull(
                                                GoldenScenario.class.getResourceAsStream(name))),
                                UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode step = Json.MAPPER.readTree(line);
                scenarios
                        .computeIfAbsent(
                                step.get("scenario").stringValue(), key -> new ArrayList<>())
                        .add(new GoldenStep(step, run));
            }
        }
        List<GoldenScenario> found = new ArrayList<>();
        scenarios.forEach(
                (scenario, steps) -> {
                    boolean gasToCompare = steps.stream().anyMatch(step -> step.has("gasUsed"));
                    boolean limited = steps.getFirst().has("computeLimit");
                    if (run != GoldenRun.METERED || (gasToCompare && !limited)) {
                        found.add(of(module, run, scenario, steps));
                    }
                });
        return found;
    }

    private static GoldenScenario of(
            String module, GoldenRun run, String name, List<GoldenStep> steps) {
        GoldenStep first = steps.getFirst();
        String format = first.get("format").stringValue();
        if (run == GoldenRun.METERED) {
            format = format.startsWith("wasm64") ? METERED_64 : METERED_32;
        }
        long gasLimit =
                first.has("computeLimit")
                        ? first.get("computeLimit").longValue()
                        : EvaluationLimits.DEFAULT_GAS_LIMIT;
        return new GoldenScenario(module, run, name, format, gasLimit, steps);
    }

    @Override
    public String toString() {
        return module + " " + run + " " + name;
    }
}
