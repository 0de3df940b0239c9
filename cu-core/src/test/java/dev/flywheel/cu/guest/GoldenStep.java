package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One recorded evaluation, and what is to be expected of it here.
 *
 * <p>The recorded run kept one instance for a scenario. Where a run with a new instance for each
 * step, given the memory only, ended otherwise, {@code freshInstance} has the other values. These
 * are the ones expected here, however the scenario is played: a new instance's clock, files and
 * random bytes start anew, and here they do so at every message, so that an answer does not hang on
 * whether the instance was still warm. An evaluation that fails is undone in both.
 */
record GoldenStep(JsonNode line, GoldenRun run) {
    /** The reference's own stack overflowed in instrumented code, where the plain run answers. */
    private static final String OVERFLOW = "RangeError";

    String name() {
        return text("scenario") + "/" + text("name");
    }

    private String text(String field) {
        return line.get(field).stringValue();
    }

    byte[] message() {
        return text("message").getBytes(UTF_8);
    }

    byte[] environment() {
        return text("environment").getBytes(UTF_8);
    }

    /** On a copy of the state that is thrown away. */
    boolean dry() {
        return line.has("dry");
    }

    /** Whether only the instrumented reference failed: its next step goes on from before. */
    boolean overflowed() {
        return run == GoldenRun.METERED
                && line.path("metered").path("thrown").path("kind").asString("").equals(OVERFLOW);
    }

    boolean has(String field) {
        return line.has(field);
    }

    JsonNode get(String field) {
        return line.get(field);
    }

    /** Most gas of this evaluation: its own limit where it has one. */
    long gasLimit(long scenarioLimit) {
        return has("computeLimit") ? get("computeLimit").longValue() : scenarioLimit;
    }

    /** Gas that is to be used; null where none was recorded for this run. */
    @Nullable JsonNode gas() {
        boolean counted = run == GoldenRun.METERED || has("computeLimit");
        return counted && has("gasUsed") ? get("gasUsed") : null;
    }

    /** Whether the next step starts from the memory that this one leaves. */
    boolean keepsMemory() {
        return get("memoryKept").booleanValue() && !dry() && !overflowed();
    }

    /** The response where it is known in full; a long one is known by length and hash. */
    @Nullable JsonNode response() {
        JsonNode fresh = line.path("freshInstance");
        return fresh.has("response") ? fresh.get("response") : line.get("response");
    }

    /** What the loader made of the response: from the response itself where that is another. */
    @Nullable JsonNode result() {
        JsonNode fresh = line.path("freshInstance");
        if (!fresh.has("response")) {
            return line.get("result");
        }
        return Json.MAPPER.readTree(fresh.get("response").stringValue()).get("response");
    }

    JsonNode memoryBytes() {
        JsonNode fresh = line.path("freshInstance");
        return fresh.has("memoryBytes") ? fresh.get("memoryBytes") : get("memoryBytes");
    }

    /** Whether the memory's hash is recorded for this very run, whatever came before. */
    boolean hasOwnMemoryHash() {
        return run == GoldenRun.METERED && line.path("metered").has("memorySha256");
    }

    /** SHA-256 of the whole memory, in hexadecimal; null where it was not recorded. */
    @Nullable String memoryHash() {
        JsonNode from = line;
        if (hasOwnMemoryHash()) {
            from = line.get("metered");
        } else if (line.path("freshInstance").has("memorySha256")) {
            from = line.get("freshInstance");
        }
        return from.has("memorySha256") ? from.get("memorySha256").stringValue() : null;
    }
}
