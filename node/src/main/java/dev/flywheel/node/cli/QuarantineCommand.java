package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.unit.store.Quarantine;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.config.ConfigurationReader;
import dev.flywheel.node.config.Setting;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel quarantine [PROCESS --keep|--forget]}. */
@Command(
        name = "quarantine",
        description = {
            "Lists processes of which nothing is evaluated, since their scheduler gave two different logs, and ends a quarantine.",
            "The node must be stopped: it holds the data directory."
        })
final class QuarantineCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "PROCESS",
            arity = "0..1",
            description = "id of the process; without one, all are listed")
    private @Nullable String process;

    @ArgGroup private @Nullable Decision decision;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data directory of the node; default: the usual one")
    private @Nullable String data;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** What becomes of what was evaluated. */
    private static final class Decision {
        @Option(
                names = "--keep",
                description =
                        "goes on from what was evaluated here; quarantined again if the scheduler still says otherwise")
        @SuppressWarnings("UnusedVariable") // the one that is not --forget
        private boolean keep;

        @Option(
                names = "--forget",
                description =
                        "deletes results and checkpoints of the process: it is evaluated anew from the scheduler's log of now")
        private boolean forget;
    }

    QuarantineCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Id id = process == null ? null : Id.parseOrNull(process);
        if (process != null && id == null) {
            throw new ConfigurationException("\"%s\" is no id of a process".formatted(process));
        }
        Decision decided = decision;
        if ((id == null) != (decided == null)) {
            throw new ConfigurationException(
                    "to end a quarantine, name the process and --keep or --forget");
        }
        try (DataDirectory directory = DataDirectory.lock(directory());
                ResultStore store =
                        ResultStore.open(directory.directory("compute").resolve("results"))) {
            if (id == null || decided == null) {
                return list(store.quarantined());
            }
            return end(id, decided, directory.directory("compute"), store);
        }
    }

    private Path directory() {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (data != null) {
            flags.put(Setting.DATA, data);
        }
        return new ConfigurationReader(null, environment, flags).configuration().data();
    }

    private int list(List<Quarantine> all) {
        if (all.isEmpty()) {
            out().println("no process is quarantined");
        }
        for (Quarantine each : all) {
            out().printf(
                            "%s: slot %d, since %s%n  evaluated here: message %s, assignment %s%n  there then:     message %s, assignment %s%n",
                            each.process(),
                            each.nonce(),
                            Instant.ofEpochMilli(each.sinceMs()),
                            each.evaluatedMessage(),
                            each.evaluatedAssignment(),
                            each.otherMessage(),
                            each.otherAssignment());
        }
        return ExitCode.OK;
    }

    private int end(Id id, Decision decided, Path compute, ResultStore store) throws IOException {
        if (store.quarantined().stream().noneMatch(each -> each.process().equals(id))) {
            throw new ConfigurationException(
                    "process %s is not quarantined in %s; nothing was changed"
                            .formatted(id, compute));
        }
        if (decided.forget) {
            // Released last: when this ends half-way, the process is still quarantined.
            CheckpointStore.open(compute.resolve("checkpoints"), RetentionPolicy.defaults())
                    .delete(id);
            int results = store.forget(id);
            store.release(id);
            out().printf(
                            "process %s: results=%d and all checkpoints deleted, it is evaluated anew%n",
                            id, results);
        } else {
            store.release(id);
            out().printf("process %s goes on from what was evaluated here%n", id);
        }
        return ExitCode.OK;
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
    }
}
