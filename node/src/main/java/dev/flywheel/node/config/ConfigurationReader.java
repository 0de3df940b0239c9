package dev.flywheel.node.config;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.node.config.NodeConfiguration.Checkpoints;
import dev.flywheel.node.config.NodeConfiguration.Compile;
import dev.flywheel.node.config.NodeConfiguration.Evaluation;
import dev.flywheel.node.config.NodeConfiguration.MessageDurability;
import dev.flywheel.node.config.NodeConfiguration.Ports;
import dev.flywheel.node.config.NodeConfiguration.Urls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Puts settings together: a flag wins over the environment, the environment over the file, the file
 * over what a HyperBEAM node meant for a NodeJS unit, and that over the default.
 */
public final class ConfigurationReader {
    /** A file with every setting and a comment for each has 3 KB. */
    private static final long FILE_BYTES_MAX = 64 * 1024;

    /** Shutting down for longer helps nobody: what is acknowledged is durable already. */
    private static final long DRAIN_MS_MAX = 600_000;

    /** A day: longer evaluations are stuck ones. */
    private static final long EVALUATION_MS_MAX = 86_400_000;

    /** 16 GiB: what the 64-bit format may grow to, and what is reserved for it. */
    static final long MEMORY_MB_MAX = 16 << 10;

    /** A day: what takes longer does not end. */
    private static final long COMPILE_MS_MAX = 86_400_000;

    /** Below it the compiling process itself, a small JVM, finds no room. */
    private static final long COMPILE_MB_MIN = 256;

    /** 64 GiB: what no module within the other limits takes. */
    private static final long COMPILE_MB_MAX = 64 << 10;

    /** Each has a thread with a stack of its own. */
    private static final long WORKERS_MAX = 256;

    /** Each has two memories of 16 GiB of address space, of which 8,000 fit into 47 bits. */
    private static final long WARM_PROCESSES_MAX = 3_000;

    /** 16 TiB: more than any machine has that this runs on. */
    static final long MEMORY_BUDGET_MB_MAX = 16 << 20;

    /** 64 TiB: more than one machine's disks. */
    private static final long SLEEP_MB_MAX = 64L << 20;

    /** More than a log has. */
    private static final long CHECKPOINT_MESSAGES_MAX = 1_000_000_000;

    /** As long as a setting may be; the highest Compute-Limit of a message is 9 * 10^12. */
    private static final long CHECKPOINT_GAS_MAX = 999_999_999_999_999_999L;

    /** A setting's value and where it came from. */
    public record Value(String text, String source) {}

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final NodeJsEnvironment nodeJs;

    /** Reads all sources but a NodeJS unit's environment. */
    public ConfigurationReader(
            @Nullable Path file, Map<String, String> environment, Map<Setting, String> flags) {
        this(file, environment, flags, NodeJsEnvironment.none());
    }

    /**
     * Reads all sources.
     *
     * @param file a YAML file, or null for none
     * @param environment the environment variables
     * @param flags values given on the command line
     * @param nodeJs what counts before the defaults
     * @throws ConfigurationException when the file cannot be read or names an unknown setting
     */
    public ConfigurationReader(
            @Nullable Path file,
            Map<String, String> environment,
            Map<Setting, String> flags,
            NodeJsEnvironment nodeJs) {
        this.nodeJs = nodeJs;
        Map<String, String> inFile = file == null ? Map.of() : read(file);
        for (Setting setting : Setting.values()) {
            Value set = value(setting, file, inFile, environment, flags);
            Value other = nodeJs.value(setting);
            if (set == null) {
                set = other == null ? new Value(setting.fallback(environment), "default") : other;
            }
            values.put(setting, set);
        }
    }

    private static @Nullable Value value(
            Setting setting,
            @Nullable Path file,
            Map<String, String> inFile,
            Map<String, String> environment,
            Map<Setting, String> flags) {
        String flag = flags.get(setting);
        if (flag != null) {
            return new Value(flag, setting.flag());
        }
        String variable = environment.get(setting.environment());
        if (variable != null) {
            return new Value(variable, setting.environment());
        }
        String line = inFile.get(setting.key());
        if (line != null) {
            return new Value(line, setting.key() + " in " + file);
        }
        return null;
    }

    /** Every setting with its value and source, for {@code --print-config}: valid YAML. */
    public String print() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (setting, value) ->
                        text.append("# ")
                                .append(setting.description())
                                .append("\n# from: ")
                                .append(value.source())
                                .append('\n')
                                .append(setting.key())
                                .append(": ")
                                .append(quoted(value.text()))
                                .append("\n"));
        return text.toString();
    }

    /** JSON's strings are YAML's double-quoted ones. */
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./-]+")
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * The checked configuration.
     *
     * @throws ConfigurationException with the first setting that is wrong
     */
    public NodeConfiguration configuration() {
        nodeJs.check(this);
        String wallet = text(Setting.WALLET);
        return new NodeConfiguration(
                path(Setting.DATA),
                wallet.isEmpty() ? null : path(Setting.WALLET),
                new Ports(
                        bind(),
                        port(Setting.GATEWAY_PORT),
                        port(Setting.SU_PORT),
                        port(Setting.MU_PORT),
                        port(Setting.CU_PORT),
                        port(Setting.MAINNET_PORT),
                        port(Setting.OPS_PORT)),
                new Urls(
                        url(Setting.GATEWAY_URL),
                        url(Setting.SU_URL),
                        url(Setting.MU_URL),
                        url(Setting.CU_URL),
                        url(Setting.BEHIND_HYPERBEAM)),
                url(Setting.UPSTREAM_GATEWAY),
                durability(),
                path(Setting.MODULES),
                evaluation(),
                Duration.ofMillis(number(Setting.DRAIN_MS, 0, DRAIN_MS_MAX)));
    }

    private Evaluation evaluation() {
        long workers = number(Setting.WORKERS, 0, WORKERS_MAX);
        return new Evaluation(
                number(Setting.EVALUATION_MS, 1, EVALUATION_MS_MAX),
                number(Setting.MEMORY_MB, 1, MEMORY_MB_MAX) << 20,
                workers == 0 ? Runtime.getRuntime().availableProcessors() : (int) workers,
                (int) number(Setting.WARM_PROCESSES, 1, WARM_PROCESSES_MAX),
                number(Setting.MEMORY_BUDGET, 0, MEMORY_BUDGET_MB_MAX) << 20,
                number(Setting.SLEEP_MB, 0, SLEEP_MB_MAX) << 20,
                new Checkpoints(
                        number(Setting.CHECKPOINT_MESSAGES, 1, CHECKPOINT_MESSAGES_MAX),
                        number(Setting.CHECKPOINT_MS, 1, EVALUATION_MS_MAX),
                        number(Setting.CHECKPOINT_GAS, 1, CHECKPOINT_GAS_MAX),
                        (int)
                                number(
                                        Setting.CHECKPOINT_CHAINS,
                                        1,
                                        CheckpointLimits.CHAINS_KEPT_MAX)),
                new Compile(
                        number(Setting.COMPILE_MS, 1, COMPILE_MS_MAX),
                        number(Setting.COMPILE_MEMORY_MB, COMPILE_MB_MIN, COMPILE_MB_MAX) << 20),
                pageTracking(),
                flag(Setting.CHECK_SIGNATURES));
    }

    private String text(Setting setting) {
        return value(setting).text().strip();
    }

    /** A setting's value and where it came from. */
    Value value(Setting setting) {
        Value value = values.get(setting);
        if (value == null) {
            throw new IllegalStateException("every setting has a value setting=" + setting);
        }
        return value;
    }

    private ConfigurationException wrong(Setting setting, String rule) {
        Value value = value(setting);
        return new ConfigurationException(
                "setting %s is \"%s\" (from %s): %s"
                        .formatted(setting.key(), value.text(), value.source(), rule));
    }

    private long number(Setting setting, long min, long max) {
        String text = text(setting);
        if (!text.matches("\\d{1,18}")
                || Long.parseLong(text) < min
                || Long.parseLong(text) > max) {
            throw wrong(setting, "it must be a number from " + min + " to " + max);
        }
        return Long.parseLong(text);
    }

    private int port(Setting setting) {
        return (int) number(setting, 0, 65_535);
    }

    private Path path(Setting setting) {
        String text = text(setting);
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw wrong(setting, "it must be a path");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    private String bind() {
        String text = text(Setting.BIND);
        if (text.isEmpty() || new InetSocketAddress(text, 0).isUnresolved()) {
            throw wrong(
                    Setting.BIND,
                    "it must be an address of this machine, such as 127.0.0.1 or 0.0.0.0");
        }
        return text;
    }

    private @Nullable URI url(Setting setting) {
        String text = text(setting);
        if (text.isEmpty()) {
            return null;
        }
        String rule = "it must be a URL such as http://localhost:4000";
        try {
            URI url = URI.create(text.replaceAll("/+$", ""));
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!http || url.getHost() == null) {
                throw wrong(setting, rule);
            }
            return url;
        } catch (IllegalArgumentException e) {
            throw wrong(setting, rule);
        }
    }

    private MessageDurability durability() {
        return switch (text(Setting.DURABILITY).toLowerCase(Locale.ROOT)) {
            case "kill" -> MessageDurability.KILL;
            case "power-loss" -> MessageDurability.POWER_LOSS;
            default -> throw wrong(Setting.DURABILITY, "it must be kill or power-loss");
        };
    }

    private boolean flag(Setting setting) {
        return switch (text(setting).toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw wrong(setting, "it must be true or false");
        };
    }

    private String pageTracking() {
        String text = text(Setting.PAGE_TRACKING).toLowerCase(Locale.ROOT);
        return switch (text) {
            case "auto", "userfaultfd", "private-file", "compare" -> text;
            default ->
                    throw wrong(
                            Setting.PAGE_TRACKING,
                            "it must be auto, userfaultfd, private-file or compare");
        };
    }

    private static Map<String, String> read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new ConfigurationException(
                        "configuration file %s is larger than %d bytes"
                                .formatted(file, FILE_BYTES_MAX));
            }
            JsonNode tree = YAMLMapper.builder().build().readTree(Files.readString(file));
            Map<String, String> found = new LinkedHashMap<>();
            flatten("", tree, found, file);
            return found;
        } catch (IOException e) {
            throw new ConfigurationException(
                    "configuration file %s cannot be read (%s)".formatted(file, e.getMessage()));
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "configuration file %s is not YAML: %s"
                            .formatted(
                                    file, e.getOriginalMessage().lines().findFirst().orElse("")));
        }
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> into, Path file) {
        for (var entry : node.properties()) {
            String key = prefix + entry.getKey();
            if (entry.getValue().isObject()) {
                flatten(key + ".", entry.getValue(), into, file);
            } else if (isKnown(key)) {
                into.put(key, entry.getValue().isNull() ? "" : entry.getValue().asString());
            } else {
                throw new ConfigurationException(
                        "configuration file %s has an unknown setting %s; --print-config lists all"
                                .formatted(file, key));
            }
        }
    }

    private static boolean isKnown(String key) {
        for (Setting setting : Setting.values()) {
            if (setting.key().equals(key)) {
                return true;
            }
        }
        return false;
    }
}
