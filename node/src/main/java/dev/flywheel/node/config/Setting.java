package dev.flywheel.node.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Every setting, with its name in the file. The name in the environment and the flag follow from
 * it: {@code gateway.port} is {@code FLYWHEEL_GATEWAY_PORT} and {@code --gateway-port}.
 */
public enum Setting {
    DATA(
            "data",
            "DIR",
            "",
            "directory for all that the node keeps (made private, held by one node at a time)"),
    BIND(
            "bind",
            "ADDRESS",
            "127.0.0.1",
            "address to listen on; anything but loopback lets others in"),
    WALLET(
            "wallet",
            "FILE",
            "",
            "Arweave key (JWK) of the node; made in the data directory when there is none"),
    GATEWAY_PORT("gateway.port", "PORT", "4000", "port of the gateway; 0 = any"),
    SU_PORT("su.port", "PORT", "9000", "port of the scheduler unit; 0 = any"),
    MU_PORT("mu.port", "PORT", "3005", "port of the messenger unit; 0 = any"),
    CU_PORT("cu.port", "PORT", "6363", "port of the compute unit; 0 = any"),
    /** HyperBEAM's own, where clients of that mode look for a node on this machine. */
    MAINNET_PORT(
            "mainnet.port",
            "PORT",
            "8734",
            "port for clients in mainnet mode, which speak to a HyperBEAM node elsewhere; only the whole network has it; 0 = any"),
    /**
     * Next to the compute unit's 6363, so that it is easy to remember; no AO unit uses it
     * (HyperBEAM has 8734), and unlike 8080 or 3000 no development server takes it.
     */
    OPS_PORT("ops.port", "PORT", "6364", "port of dashboard, health and metrics; 0 = any"),
    GATEWAY_URL(
            "gateway.url",
            "URL",
            "",
            "where other units find the gateway; default: the one of this node"),
    SU_URL(
            "su.url",
            "URL",
            "",
            "where clients and other units find the scheduler unit; default: the one of this node"),
    MU_URL(
            "mu.url",
            "URL",
            "",
            "where clients find the messenger unit; default: the one of this node"),
    CU_URL(
            "cu.url",
            "URL",
            "",
            "where other units find the compute unit; default: the one of this node"),
    BEHIND_HYPERBEAM(
            "behind.hyperbeam",
            "URL",
            "",
            "the HyperBEAM node that the compute unit works for: logs of processes are read there, and slots and memories that it posts are believed; default: none"),
    CHECK_SIGNATURES(
            "check.signatures",
            "YES",
            "true",
            "whether messages and assignments that come from schedulers must be their signers'; false for a scheduler or node of your own, which saves about a tenth of a millisecond a message. This node's own scheduler has checked them already"),
    UPSTREAM_GATEWAY(
            "upstream.gateway",
            "URL",
            "",
            "a real gateway to fetch unknown ids from, checked and kept; default: none"),
    DURABILITY(
            "durability",
            "KIND",
            "kill",
            "what an acknowledged message survives: kill (of the program) or power-loss"),
    MODULES(
            "modules",
            "DIR",
            "",
            "directory with wasm modules to publish at start; default: modules in the user's cache"),
    EVALUATION_MS(
            "evaluation.ms",
            "MS",
            "600000",
            "longest time that one evaluation may take here, in milliseconds; one that takes longer has no result"),
    MEMORY_MB(
            "memory.mb",
            "MB",
            "16384",
            "most memory that one process may have here, in MiB; what its module or tags allow beyond it is refused"),
    COMPILE_MS(
            "compile.ms",
            "MS",
            "60000",
            "most processor time that compiling one module may take, in milliseconds; four times that of wall clock. A module that takes more is refused for some hours"),
    COMPILE_MEMORY_MB(
            "compile.memory.mb",
            "MB",
            "2048",
            "most memory that compiling one module may take, in MiB; up to two are compiled at once"),
    WORKERS("workers", "N", "0", "evaluations that run at the same time; 0 = one for each core"),
    WARM_PROCESSES(
            "warm.processes",
            "N",
            "50",
            "processes that keep their memory while idle; the longest idle one beyond it sleeps in a checkpoint until it is needed"),
    MEMORY_BUDGET(
            "memory.budget",
            "MB",
            "0",
            "memory that all processes together may take here, in MiB; the longest idle ones beyond it sleep in checkpoints, and when none is idle a process that would wake is refused for now. 0 = 60 % of what is available at the start besides the heap"),
    SLEEP_MB(
            "sleep.mb",
            "MB",
            "16384",
            "most disk that memories of sleeping processes may take, in MiB, besides their checkpoints: one that is there wakes at once, since its pages are mapped; others read their checkpoint. 0 = none"),
    CHECKPOINT_MESSAGES(
            "checkpoint.messages",
            "N",
            "10000",
            "messages of a process after which it gets a checkpoint"),
    CHECKPOINT_MS(
            "checkpoint.ms",
            "MS",
            "2000",
            "time of evaluating one process after which it gets a checkpoint, in milliseconds: at most this is evaluated again after a restart"),
    CHECKPOINT_GAS(
            "checkpoint.gas",
            "GAS",
            "300000000000",
            "gas of a process after which it gets a checkpoint, where gas is counted"),
    CHECKPOINT_CHAINS(
            "checkpoint.chains",
            "N",
            "2",
            "full checkpoints of a process that are kept, each with the changes after it; a look at an earlier message begins at one of them, or replays the log"),
    PAGE_TRACKING(
            "page.tracking",
            "METHOD",
            "auto",
            "how pages that a message wrote are found: userfaultfd (the kernel notes them; Linux 6.7), private-file (the kernel knows which are no longer those of a file of memory; for sandboxes without userfaultfd, older kernels), compare (with a copy; anywhere, slower), or auto for the first that works here, which the log names"),
    DRAIN_MS(
            "drain.ms",
            "MS",
            "10000",
            "how long shutting down waits for requests in flight, in milliseconds");

    private final String key;
    private final String label;
    private final String fallback;
    private final String description;

    Setting(String key, String label, String fallback, String description) {
        this.key = key;
        this.label = label;
        this.fallback = fallback;
        this.description = description;
    }

    /** Name in the configuration file. */
    public String key() {
        return key;
    }

    /** Name in the environment. */
    public String environment() {
        return "FLYWHEEL_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Name on the command line. */
    public String flag() {
        return "--" + key.replace('.', '-');
    }

    /** What stands for the value in help texts. */
    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    /** The description with the default, for help texts. */
    public String help() {
        return fallback.isEmpty() ? description : description + "; default: " + fallback;
    }

    /**
     * The value when nobody sets one; {@code environment} says where the user keeps data and
     * caches.
     */
    String fallback(Map<String, String> environment) {
        return switch (this) {
            case DATA ->
                    base(environment, "XDG_DATA_HOME", ".local/share")
                            .resolve("flywheel")
                            .toString();
            case MODULES ->
                    base(environment, "XDG_CACHE_HOME", ".cache")
                            .resolve("flywheel/modules")
                            .toString();
            default -> fallback;
        };
    }

    private static Path base(Map<String, String> environment, String variable, String below) {
        String value = environment.get(variable);
        return value == null || value.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), below)
                : Path.of(value);
    }
}
