package dev.flywheel.cu.guest.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of one process.
 *
 * @param index its number; with the seed of the run it makes the same sequence again
 * @param module name of the wasm file
 * @param metered whether gas is counted
 * @param spawn which of the first messages: they differ in length, and with it the order of keys
 * @param steps the messages, the first of which makes the process
 */
public record Sequence(int index, String module, boolean metered, int spawn, List<Step> steps) {

    /**
     * Gas of each message of a metered sequence: aos needs 11.9e9 for the first and 1e9 for a small
     * one; the reference needs more than a second for so much.
     */
    public static final long GAS_LIMIT = 14_000_000_000L;

    public Sequence {
        steps = List.copyOf(steps);
    }

    private boolean narrow() {
        return module.endsWith("_32");
    }

    /** The format that it runs under. */
    public String format() {
        if (metered) {
            return narrow()
                    ? "wasm32-unknown-emscripten-metering"
                    : "wasm64-unknown-emscripten-draft_2024_10_16-metering";
        }
        return narrow()
                ? "wasm32-unknown-emscripten4"
                : "wasm64-unknown-emscripten-draft_2024_02_15";
    }

    Sequence with(List<Step> other) {
        return new Sequence(index, module, metered, spawn, other);
    }

    Sequence withoutStep(int step) {
        List<Step> fewer = new ArrayList<>(steps);
        fewer.remove(step);
        return with(fewer);
    }

    Sequence withStep(int step, Step other) {
        List<Step> changed = new ArrayList<>(steps);
        changed.set(step, other);
        return with(changed);
    }

    /** What the steps are, for people. */
    public String shown() {
        StringBuilder text = new StringBuilder();
        text.append("module=").append(module).append(" format=").append(format());
        for (int i = 0; i < steps.size(); i++) {
            text.append("\n--- message ").append(i).append(": ").append(steps.get(i).shown());
        }
        return text.toString();
    }
}
