package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.GoldenFindings.Place;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Json;
import java.lang.foreign.MemorySegment;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Plays one recorded scenario and compares all that is recorded. On a thread for guests. */
final class GoldenReplay implements AutoCloseable {
    private final GuestModule module;
    private final GoldenScenario scenario;
    private final boolean everyHash;
    private final GuestProcessOptions options;
    private final GoldenFindings findings = new GoldenFindings();
    private @Nullable GuestProcess process;

    /** Whether an overflow of the reference lies behind: its memory is not known from then on. */
    private boolean diverged;

    /**
     * @param everyHash false for the last of a scenario's memory hashes only: they take most of the
     *     time, and what went wrong in memory before is still in it then
     */
    GoldenReplay(GuestModule module, GoldenScenario scenario, boolean everyHash) {
        this.module = module;
        this.scenario = scenario;
        this.everyHash = everyHash;
        this.options =
                new GuestProcessOptions(
                        GuestBench.PROCESS, GuestLimits.MEMORY_BYTES_MAX, scenario.gasLimit());
    }

    GoldenFindings play() throws ModuleRefusedException {
        int lastHashed = -1;
        for (int i = 0; i < scenario.steps().size(); i++) {
            if (scenario.steps().get(i).memoryHash() != null) {
                lastHashed = i;
            }
        }
        for (int i = 0; i < scenario.steps().size(); i++) {
            GoldenStep step = scenario.steps().get(i);
            try {
                play(ready(), step, everyHash || i == lastHashed);
            } catch (ModuleRefusedException e) {
                if (process != null || !(e.getCause() instanceof RuntimeException cause)) {
                    throw e;
                }
                JsonNode thrown = step.get("thrown");
                String kind = thrown.get("kind").stringValue();
                String expected = kind + ": " + thrown.get("message").stringValue();
                same(step, "thrown", expected, "instantiation: " + cause.getMessage());
            }
        }
        return findings;
    }

    /** The process that the next step is for. */
    private GuestProcess ready() throws ModuleRefusedException {
        GuestProcess last = process;
        if (last == null) {
            process = module.newProcess(options);
        } else if (scenario.run() == GoldenRun.NEW_INSTANCES) {
            process =
                    last.<GuestProcess, ModuleRefusedException>readState(
                            state -> module.resumeProcess(options, state));
            last.close();
        }
        return java.util.Objects.requireNonNull(process);
    }

    /** What the guest answered and the memory that went with it. */
    private static final class Seen {
        byte[] answer = new byte[0];
        String memoryHash = "";
        long memoryBytes;
    }

    private void play(GuestProcess on, GoldenStep step, boolean hash) {
        Seen seen = new Seen();
        boolean compareMemory = !diverged || step.hasOwnMemoryHash();
        boolean compareHash = hash && compareMemory && step.memoryHash() != null;
        on.observe(
                (answer, memory) -> {
                    seen.answer = answer;
                    seen.memoryBytes = memory.byteSize();
                    seen.memoryHash = compareHash ? GuestState.sha256(memory) : "";
                });
        EvaluationLimits limits =
                new EvaluationLimits(
                        step.gasLimit(scenario.gasLimit()), GuestLimits.DEFAULT_WALL_CLOCK_MS);
        // What overflowed in the reference is given to a copy: its next step starts from before.
        boolean aside = step.dry() || step.overflowed();
        Evaluation got =
                aside
                        ? on.dryRun(step.message(), step.environment(), limits)
                        : on.evaluate(step.message(), step.environment(), limits);
        if (step.overflowed()) {
            same(step, "thrown", "RangeError", got.kind().toString());
            diverged = true;
        }
        if (step.has("thrown")) {
            thrown(step, got);
        } else {
            answered(step, seen, got);
            if (compareMemory) {
                String bytes = step.memoryBytes().toString();
                same(step, "memoryBytes", bytes, String.valueOf(seen.memoryBytes));
            }
            if (compareHash) {
                same(step, "memory", String.valueOf(step.memoryHash()), seen.memoryHash);
            }
        }
        same(step, "memoryKept", "" + step.keepsMemory(), "" + got.memoryKept());
    }

    private void thrown(GoldenStep step, Evaluation got) {
        JsonNode thrown = step.get("thrown");
        String kind = thrown.get("kind").stringValue();
        if (kind.equals("guest")) {
            same(step, "thrown", "GUEST_ERROR", got.kind().toString());
            same(step, "Error", thrown.get("message").toString(), json(got.result().error()));
        } else if (kind.equals("SyntaxError") || kind.equals("TypeError")) {
            // The wording is that of the reference's engine.
            same(step, "thrown", kind, got.diagnostic().replaceFirst("(?s):.*", ""));
        } else {
            String expected = kind + ": " + thrown.get("message").stringValue();
            same(step, "thrown", expected, got.diagnostic());
        }
    }

    private void answered(GoldenStep step, Seen seen, Evaluation got) {
        String text = GuestMemory.decode(seen.answer);
        JsonNode response = step.response();
        if (response != null) {
            same(step, "response", response.stringValue(), text);
        } else {
            byte[] utf8 = text.getBytes(UTF_8);
            same(step, "response", step.get("responseLength").toString(), "" + utf8.length);
            String hash = GuestState.sha256(MemorySegment.ofArray(utf8));
            same(step, "responseHash", step.get("responseSha256").stringValue(), hash);
        }
        if (step.has("responseBytes")) {
            byte[] bytes = Base64.getDecoder().decode(step.get("responseBytes").stringValue());
            same(step, "responseBytes", hex(bytes), hex(seen.answer));
        }
        JsonNode result = step.result();
        if (result != null) {
            result(step, result, got.result());
        }
        JsonNode gas = step.gas();
        if (gas != null || !module.metered()) {
            String expected = gas == null ? "0" : gas.toString();
            same(step, "gas", expected, "" + got.result().gasUsed().orElse(-1));
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The parts of a result against those that the loader gave; a missing list is empty. */
    private void result(GoldenStep step, JsonNode expected, EvaluationResult got) {
        same(step, "Messages", list(expected.get("Messages")), json(got.messages()));
        same(step, "Spawns", list(expected.get("Spawns")), json(got.spawns()));
        same(step, "Assignments", list(expected.get("Assignments")), json(got.assignments()));
        JsonNode output = expected.get("Output");
        same(step, "Output", output == null ? "\"\"" : output.toString(), json(got.output()));
        same(step, "Error", String.valueOf(expected.get("Error")), json(got.error()));
    }

    private static String json(byte @Nullable [] bytes) {
        return bytes == null ? "null" : Json.MAPPER.readTree(bytes).toString();
    }

    private static String list(@Nullable JsonNode node) {
        return node == null ? "[]" : node.toString();
    }

    private void same(GoldenStep step, String field, String expected, String got) {
        Place place = new Place(scenario.module(), scenario.run(), step.name(), field);
        findings.same(place, expected, got);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
