package dev.flywheel.node.cli;

import dev.flywheel.cu.unit.takeover.ImportTotals;
import dev.flywheel.cu.unit.takeover.NodeJsImport;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.config.ConfigurationReader;
import dev.flywheel.node.config.Setting;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code flywheel import --from DB.sqlite}. */
@Command(
        name = "import",
        description = {
            "Takes the data of a NodeJS compute unit over: results, and memories to go on from. Stop that unit first; its files are only"
                    + " read. A database with a write-ahead log is copied to be read, which takes its size of disk for the time.",
            "One line for each process says what was taken and what was left out, and why. What is here already stays, so it can be"
                    + " repeated. Exit status 1 when something was left out."
        })
final class ImportCommand implements Callable<Integer> {
    /** Where a NodeJS unit is told to keep its memories. */
    private static final String DIRECTORY_VARIABLE = "PROCESS_MEMORY_FILE_CHECKPOINTS_DIR";

    /** A person who waits wants to see that it goes on. */
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(2);

    private final Map<String, String> environment;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "DB.sqlite",
            required = true,
            description = "database of the NodeJS unit: its DB_URL with .sqlite at the end")
    private @Nullable Path from;

    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            description =
                    "directory with its state-*.dat files; default: PROCESS_MEMORY_FILE_CHECKPOINTS_DIR of the environment")
    private @Nullable Path checkpoints;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "data directory to take them into, as for flywheel cu; no node may run on it")
    private @Nullable Path data;

    @Option(
            names = "--process",
            paramLabel = "ID",
            description = "only this process; may be repeated")
    private List<String> processes = List.of();

    @Option(names = "--dry-run", description = "reads everything and writes nothing")
    private boolean dryRun;

    @Option(
            names = "--ignore-file-times",
            description =
                    "takes memory files that are younger than their rows: only for files that were copied without their times")
    private boolean ignoreFileTimes;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private long shownNs = System.nanoTime();

    ImportCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Path database = Objects.requireNonNull(from, "picocli demands it");
        CheckpointCommand.checkIsFile(database);
        Path memories = memories();
        Set<Id> only = new LinkedHashSet<>();
        for (String text : processes) {
            Id id = Id.parseOrNull(text);
            if (id == null) {
                throw new ConfigurationException(
                        "--process: not an id of 43 characters: \"%s\"".formatted(text));
            }
            only.add(id);
        }
        Map<Setting, String> flags =
                data == null ? Map.of() : Map.of(Setting.DATA, data.toString());
        Path root = new ConfigurationReader(null, environment, flags).configuration().data();
        if (dryRun && !Files.isDirectory(root)) {
            return taken(database, memories, root.resolve("compute"), only);
        }
        try (DataDirectory held = DataDirectory.lock(root)) {
            return taken(database, memories, held.root().resolve("compute"), only);
        }
    }

    private @Nullable Path memories() {
        Path named = checkpoints;
        if (named == null) {
            String variable = environment.get(DIRECTORY_VARIABLE);
            named = variable == null || variable.isEmpty() ? null : Path.of(variable);
        }
        if (named != null && !Files.isDirectory(named)) {
            throw new ConfigurationException(
                    "directory of checkpoints %s is none; name it with --checkpoints"
                            .formatted(named));
        }
        return named;
    }

    private int taken(Path database, @Nullable Path memories, Path unit, Set<Id> only)
            throws IOException {
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        NodeJsImport.Options options =
                new NodeJsImport.Options(database, memories, unit, only, dryRun, ignoreFileTimes);
        try (NodeJsImport takeover = NodeJsImport.open(options, listener(out, err))) {
            ImportTotals totals = takeover.run();
            out.println((dryRun ? "dry run, nothing was written: " : "imported: ") + totals);
            if (totals.isComplete()) {
                return ExitCode.OK;
            }
            err.println(
                    "something was left out, see above: of those processes what is missing is evaluated again from their logs, or can be taken in another run");
            return ExitCode.FAILURE;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    private NodeJsImport.Listener listener(PrintWriter out, PrintWriter err) {
        return new NodeJsImport.Listener() {
            @Override
            public void line(String line) {
                out.println(line);
                out.flush();
            }

            @Override
            public void progress(int processes, int of, ImportTotals soFar) {
                if (System.nanoTime() - shownNs > PROGRESS_NS) {
                    shownNs = System.nanoTime();
                    err.printf("importing: process %d of %d, %s%n", processes + 1, of, soFar);
                    err.flush();
                }
            }
        };
    }
}
