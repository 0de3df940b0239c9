package dev.flywheel.node.verify;

import dev.flywheel.cu.checkpoint.CheckpointManifest;
import dev.flywheel.cu.checkpoint.StateTree;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A state without its memory, which can be compared with another.
 *
 * @param nonce of the last entry that it contains
 * @param afterCron whether it contains cron messages after that entry
 * @param module the program
 * @param passes what divided its state into memory and globals
 * @param globals their bits by name, as sixteen hexadecimal digits
 * @param top hash of the memory, in hexadecimal
 * @param hash of the whole state, in hexadecimal
 * @param nodes of the tree of the memory
 */
public record StateHash(
        long nonce,
        boolean afterCron,
        String module,
        String passes,
        long memoryBytes,
        Map<String, String> globals,
        String top,
        String hash,
        StateTree.Nodes nodes) {
    private static final HexFormat HEX = HexFormat.of();
    private static final long PAGE_BYTES = 4096;

    static StateHash of(JsonNode json, StateTree.Nodes nodes) {
        Map<String, String> globals = new LinkedHashMap<>();
        json.path("globals")
                .properties()
                .forEach(each -> globals.put(each.getKey(), each.getValue().asString("")));
        return new StateHash(
                json.path("nonce").asLong(-1),
                json.path("afterCron").asBoolean(false),
                json.path("module").asString(""),
                json.path("passes").asString(""),
                json.path("memoryBytes").asLong(-1),
                globals,
                json.path("top").asString(""),
                json.path("stateHash").asString(""),
                nodes);
    }

    /** Of a checkpoint that was verified. */
    public static StateHash of(CheckpointManifest manifest, StateTree tree) {
        Map<String, String> globals = new LinkedHashMap<>();
        manifest.globals().forEach((name, bits) -> globals.put(name, HEX.toHexDigits(bits)));
        return new StateHash(
                manifest.place().nonce(),
                manifest.place().cronCount() > 0,
                manifest.origin().module().toString(),
                manifest.origin().passes(),
                manifest.memoryBytes(),
                globals,
                HEX.formatHex(tree.top()),
                manifest.stateHash(),
                tree::node);
    }

    /** Whether the two are of one state; an image that came without globals has none to differ. */
    public boolean isSame(StateHash other) {
        boolean bare = globals.isEmpty() || other.globals.isEmpty();
        return bare
                ? memoryBytes == other.memoryBytes && top.equals(other.top)
                : hash.equals(other.hash);
    }

    /**
     * In what the two differ, for a person.
     *
     * @throws IOException when nodes of one of them cannot be had, or do not fit its hash
     */
    public String difference(StateHash other) throws IOException {
        StringBuilder text = new StringBuilder();
        if (memoryBytes != other.memoryBytes) {
            text.append("memory bytes=%d and bytes=%d; ".formatted(memoryBytes, other.memoryBytes));
        }
        OptionalLong page =
                StateTree.firstDifference(
                        HEX.parseHex(top), nodes, HEX.parseHex(other.top), other.nodes);
        if (page.isPresent()) {
            text.append(
                    "first differing page=%d offset=%d; "
                            .formatted(page.getAsLong(), page.getAsLong() * PAGE_BYTES));
        }
        globals.forEach(
                (name, bits) -> {
                    String others = other.globals.get(name);
                    if (others != null && !others.equals(bits)) {
                        text.append("global %s=0x%s and 0x%s; ".formatted(name, bits, others));
                    }
                });
        return text.isEmpty()
                ? "neither memory nor globals of one name differ, so their names or order do"
                : text.substring(0, text.length() - 2);
    }
}
