package dev.flywheel.node.config;

import dev.flywheel.node.config.ConfigurationReader.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The environment that a HyperBEAM node gives to the NodeJS compute unit which it starts, read for
 * a unit in its place. It counts only while {@code UNIT_MODE} is {@code hbu}: names such as {@code
 * PORT} may be there for somebody else. Immutable.
 */
public final class NodeJsEnvironment {
    private static final String MODE = "UNIT_MODE";
    private static final String BEHIND = "hbu";
    private static final String NODE = "HB_URL";

    /** As JavaScript writes numbers in configurations: {@code 12_000_000_000}. */
    private static final Pattern BYTES = Pattern.compile("\\d[\\d_]{0,24}");

    private static final long MIB = 1 << 20;

    /** What else that unit reads, from its configuration; a node sets some of them. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of(
                    "ALLOW_OWNERS",
                    "ALLOW_PROCESSES",
                    "ARWEAVE_URL",
                    "BUSY_THRESHOLD",
                    "CHECKPOINT_GRAPHQL_URL",
                    "CHECKPONT_VALIDATION_RETRIES",
                    "CHECKPONT_VALIDATION_STEPS",
                    "CHECKPONT_VALIDATION_THRESH",
                    "DB_URL",
                    "DEFAULT_LOG_LEVEL",
                    "DISABLE_PROCESS_CHECKPOINT_CREATION",
                    "DISABLE_PROCESS_EVALUATION_CACHE",
                    "DISABLE_PROCESS_FILE_CHECKPOINT_CREATION",
                    "DRY_RUN_DEFAULT_MAX_PROCESS_AGE",
                    "DRY_RUN_PROCESS_CACHE_TTL",
                    "DRY_RUN_RESULT_MAX_AGE",
                    "EAGER_CHECKPOINT_ACCUMULATED_GAS_THRESHOLD",
                    "EAGER_CHECKPOINT_EVAL_TIME_THRESHOLD",
                    "ENABLE_MEMORY_RESET",
                    "ENABLE_METRICS_ENDPOINT",
                    "GATEWAY_URL",
                    "GRAPHQL_URL",
                    "GRAPHQL_URLS",
                    "HYDRATION_MODE_NONCE_LIMIT",
                    "IGNORE_ARWEAVE_CHECKPOINTS",
                    "IGNORE_LOCAL_CHECKPOINTS",
                    "LOAD_MESSAGES_PAGE_SIZE",
                    "LOG_CONFIG_PATH",
                    "MEM_MONITOR_INTERVAL",
                    "MODULE_MODE",
                    "NODE_CONFIG_ENV",
                    "PROCESS_CHECKPOINT_CREATION_THROTTLE",
                    "PROCESS_CHECKPOINT_PREFERRED_OWNERS",
                    "PROCESS_CHECKPOINT_TRUSTED_OWNERS",
                    "PROCESS_IGNORE_ARWEAVE_CHECKPOINTS",
                    "PROCESS_MEMORY_CACHE_CHECKPOINT_INTERVAL",
                    "PROCESS_MEMORY_CACHE_FILE_DIR",
                    "PROCESS_MEMORY_CACHE_TTL",
                    "PROCESS_MEMORY_FILE_CHECKPOINTS_DIR",
                    "PROCESS_WASM_COMPUTE_MAX_LIMIT",
                    "PROCESS_WASM_SUPPORTED_EXTENSIONS",
                    "PROCESS_WASM_SUPPORTED_FORMATS",
                    "RATE_LIMIT_CLEANUP_INTERVAL",
                    "RATE_LIMIT_MAX_REQUESTS",
                    "RATE_LIMIT_WINDOW",
                    "RESTRICT_PROCESSES",
                    "UPLOADER_URL",
                    "WALLET",
                    "WASM_BINARY_FILE_DIRECTORY",
                    "WASM_EVALUATION_MAX_WORKERS",
                    "WASM_EVALUATION_PRIMARY_WORKERS_PERCENTAGE",
                    "WASM_EVALUATION_WORKERS_DRY_RUN_MAX_QUEUE",
                    "WASM_INSTANCE_CACHE_MAX_SIZE",
                    "WASM_MODULE_CACHE_MAX_SIZE");

    private final boolean behindNode;
    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final Set<String> ignored = new TreeSet<>();

    private NodeJsEnvironment(boolean behindNode) {
        this.behindNode = behindNode;
    }

    /** For programs that do not stand in the place of that unit. */
    public static NodeJsEnvironment none() {
        return new NodeJsEnvironment(false);
    }

    /**
     * What these variables mean here; nothing unless {@code UNIT_MODE} is {@code hbu}. An empty one
     * is not set.
     *
     * @throws ConfigurationException when a size is none; the text names its variable
     */
    public static NodeJsEnvironment of(Map<String, String> environment) {
        if (!BEHIND.equals(environment.get(MODE))) {
            return none();
        }
        NodeJsEnvironment read = new NodeJsEnvironment(true);
        read.put(Setting.BEHIND_HYPERBEAM, NODE, text(environment, NODE));
        read.put(Setting.CU_PORT, "PORT", text(environment, "PORT"));
        read.put(Setting.WALLET, "WALLET_FILE", text(environment, "WALLET_FILE"));
        String memory = "PROCESS_WASM_MEMORY_MAX_LIMIT";
        // A node asks for 24 GB, which is more than a 64-bit module can have.
        read.put(
                Setting.MEMORY_MB,
                memory,
                mebibytes(environment, memory, ConfigurationReader.MEMORY_MB_MAX));
        String budget = "PROCESS_MEMORY_CACHE_MAX_SIZE";
        read.put(
                Setting.MEMORY_BUDGET,
                budget,
                mebibytes(environment, budget, ConfigurationReader.MEMORY_BUDGET_MB_MAX));
        environment.forEach(
                (name, value) -> {
                    if (!value.isEmpty() && WITHOUT_MEANING.contains(name)) {
                        read.ignored.add(name);
                    }
                });
        return read;
    }

    private void put(Setting setting, String variable, @Nullable String text) {
        if (text != null) {
            values.put(setting, new Value(text, variable));
        }
    }

    private static @Nullable String text(Map<String, String> environment, String name) {
        String text = environment.get(name);
        return text == null || text.isBlank() ? null : text;
    }

    private static @Nullable String mebibytes(
            Map<String, String> environment, String name, long most) {
        String text = text(environment, name);
        if (text == null) {
            return null;
        }
        String digits = BYTES.matcher(text.strip()).matches() ? text.strip().replace("_", "") : "";
        long bytes = digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
        if (bytes < MIB) {
            throw new ConfigurationException(
                    "environment variable %s is \"%s\": it must be a number of bytes, at least %d, such as 12_000_000_000"
                            .formatted(name, text, MIB));
        }
        return Long.toString(Math.min(bytes / MIB, most));
    }

    /** What it says about a setting, or null. */
    @Nullable Value value(Setting setting) {
        return values.get(setting);
    }

    /**
     * One line for the person at the terminal: which variables were understood, and which have no
     * meaning here. Null when there is no such environment.
     *
     * @param reader the settings as they turned out
     */
    public @Nullable String line(ConfigurationReader reader) {
        if (!behindNode) {
            return null;
        }
        List<String> understood = new ArrayList<>();
        List<String> overruled = new ArrayList<>();
        values.forEach(
                (setting, value) -> {
                    Value taken = reader.value(setting);
                    if (taken.equals(value)) {
                        understood.add(
                                value.source() + " as " + setting.key() + "=" + value.text());
                    } else {
                        overruled.add(value.source() + " by " + taken.source());
                    }
                });
        StringBuilder line = new StringBuilder("environment of a NodeJS unit (UNIT_MODE=hbu)");
        append(line, ": ", "understood", understood);
        append(line, "; ", "overruled", overruled);
        append(line, "; ", "without meaning here", ignored);
        return line.toString();
    }

    private static void append(
            StringBuilder line, String before, String what, Iterable<String> names) {
        String list = String.join(", ", names);
        line.append(before).append(what).append(' ').append(list.isEmpty() ? "none" : list);
    }

    /**
     * Checks that there is a node to work for.
     *
     * @throws ConfigurationException when none is named anywhere
     */
    void check(ConfigurationReader reader) {
        if (behindNode && reader.value(Setting.BEHIND_HYPERBEAM).text().isBlank()) {
            throw new ConfigurationException(
                    "environment variable UNIT_MODE is \"hbu\" but HB_URL is not set: name the HyperBEAM node with HB_URL or --behind-hyperbeam, or unset UNIT_MODE");
        }
    }
}
