package dev.flywheel.cu.unit.takeover;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a NodeJS unit's data over, process by process: its results first, then the memory of its
 * file checkpoint, so that no checkpoint is here without the results before it. What cannot be
 * taken is named and left out, and the rest goes on; a second run takes what the first one did not.
 * One thread; whoever calls holds this unit's directory.
 */
public final class NodeJsImport implements AutoCloseable {
    private final NodeJsDatabase database;
    private final Options options;
    private final Listener listener;
    private final @Nullable ResultStore results;
    private final @Nullable CheckpointStore checkpoints;
    private final ImportTotals totals = new ImportTotals();

    /**
     * What to take, and where to.
     *
     * @param database SQLite file of the NodeJS unit; only read
     * @param memories directory of its checkpoint files; null for none
     * @param unit directory of this compute unit
     * @param only processes to take; empty for all
     * @param dryRun whether all is read and nothing is written
     * @param ignoreFileTimes whether files may be younger than their rows
     */
    public record Options(
            Path database,
            @Nullable Path memories,
            Path unit,
            Set<Id> only,
            boolean dryRun,
            boolean ignoreFileTimes) {
        public Options {
            only = Set.copyOf(only);
        }
    }

    /** Hears how it goes on. */
    public interface Listener {
        /** What became of a process, or why something was left out. */
        void line(String line);

        /** How far it is; called often. */
        void progress(int processes, int of, ImportTotals soFar);
    }

    private NodeJsImport(
            NodeJsDatabase database,
            Options options,
            Listener listener,
            @Nullable ResultStore results,
            @Nullable CheckpointStore checkpoints) {
        this.database = database;
        this.options = options;
        this.listener = listener;
        this.results = results;
        this.checkpoints = checkpoints;
    }

    /**
     * Opens both sides. Nothing is written yet; a dry run makes no directory either.
     *
     * @throws IllegalArgumentException when the database is no NodeJS unit's, or it has checkpoints
     *     and no directory of their files is named
     * @throws dev.flywheel.platform.sql.SqlStoreException when a database cannot be read, or is in
     *     use
     */
    public static NodeJsImport open(Options options, Listener listener) throws IOException {
        Path unit = options.unit();
        Path scratch =
                options.dryRun()
                        ? Path.of(System.getProperty("java.io.tmpdir"))
                                .resolve("flywheel-import-" + ProcessHandle.current().pid())
                        : unit.resolve("import");
        NodeJsDatabase database = NodeJsDatabase.open(options.database(), scratch);
        ResultStore results = null;
        try {
            if (options.memories() == null && database.checkpointCount() > 0) {
                throw new IllegalArgumentException(
                        "database %s has %d file checkpoints: name the directory of their files with --checkpoints DIR (PROCESS_MEMORY_FILE_CHECKPOINTS_DIR of that unit)"
                                .formatted(options.database(), database.checkpointCount()));
            }
            boolean there = Files.isDirectory(unit.resolve("checkpoints"));
            results = options.dryRun() && !there ? null : ResultStore.open(unit.resolve("results"));
            CheckpointStore checkpoints =
                    options.dryRun() && !there
                            ? null
                            : CheckpointStore.open(
                                    unit.resolve("checkpoints"), RetentionPolicy.defaults());
            return new NodeJsImport(database, options, listener, results, checkpoints);
        } catch (IOException | RuntimeException e) {
            if (results != null) {
                results.close();
            }
            database.close();
            throw e;
        }
    }

    /**
     * Takes all that can be taken.
     *
     * @throws IOException when this unit's directory cannot be written; what was taken before stays
     */
    public ImportTotals run() throws IOException {
        NodeJsDatabase.Processes found = database.processes();
        if (found.nameless() > 0) {
            totals.rowsLeftOut += found.nameless();
            listener.line("rows left out: %d that name no process".formatted(found.nameless()));
        }
        List<Id> wanted = new ArrayList<>();
        for (Id id : found.ids()) {
            if (options.only().isEmpty() || options.only().contains(id)) {
                wanted.add(id);
            }
        }
        for (Id id : options.only()) {
            if (!found.ids().contains(id)) {
                totals.processesMissing++;
                listener.line("process %s left out: the database has nothing of it".formatted(id));
            }
        }
        Map<String, Long> seen = Map.of();
        try {
            seen = database.seen();
        } catch (LeftOutException e) {
            totals.rowsLeftOut++;
            listener.line("table messages left out: " + e.why());
        }
        if (found.damage() != null) {
            totals.rowsLeftOut++;
            listener.line("processes may be missing: " + found.damage());
        }
        for (int i = 0; i < wanted.size(); i++) {
            int done = i;
            process(wanted.get(i), seen, () -> listener.progress(done, wanted.size(), totals));
            totals.processes++;
        }
        return totals;
    }

    private void process(Id id, Map<String, Long> seen, Runnable progress) throws IOException {
        progress.run();
        ImportedResults rows = new ImportedResults(id, results, !options.dryRun());
        NodeJsResult reader = new NodeJsResult(database, id);
        try {
            database.evaluations(
                    id,
                    row -> {
                        try {
                            rows.take(reader.of(row));
                        } catch (LeftOutException e) {
                            rows.leaveOut(row.anyTextOrNull("id"), e.why());
                        }
                        progress.run();
                    });
        } catch (LeftOutException e) {
            rows.leaveOut("after the last one taken", e.why());
        }
        rows.commit();
        totals.results += rows.taken();
        totals.rowsLeftOut += rows.leftOut();
        long unanswered = seen.getOrDefault(id.toString(), 0L) - rows.entries();
        if (unanswered > 0) {
            rows.note(
                    "%d messages were evaluated there and have no result; should one of them be forwarded again, it is evaluated again"
                            .formatted(unanswered));
        }
        String state = memory(id, rows);
        listener.line(
                "process %s: %s; %d results%s".formatted(id, state, rows.taken(), rows.remarks()));
    }

    /** Takes the newest checkpoint that can be used; says what became of it. */
    private String memory(Id id, ImportedResults rows) throws IOException {
        List<NodeJsCheckpoint> found = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        try {
            database.checkpoints(
                    id,
                    row -> {
                        try {
                            found.add(NodeJsCheckpoint.of(id, row));
                        } catch (LeftOutException e) {
                            reasons.add(e.why());
                        }
                    });
        } catch (LeftOutException e) {
            reasons.add(e.why());
        }
        found.sort((a, b) -> Long.compare(b.place().nonce(), a.place().nonce()));
        for (NodeJsCheckpoint each : found) {
            try {
                return taken(id, each, rows);
            } catch (LeftOutException e) {
                reasons.add("of slot " + each.place().nonce() + ": " + e.why());
            }
        }
        if (reasons.isEmpty()) {
            return "no checkpoint there, its log is evaluated from the start";
        }
        totals.checkpointsLeftOut++;
        return "checkpoint left out: " + String.join("; ", reasons);
    }

    private String taken(Id id, NodeJsCheckpoint checkpoint, ImportedResults rows)
            throws IOException, LeftOutException {
        CheckpointOrigin origin =
                new CheckpointOrigin(
                        id,
                        checkpoint.module(),
                        format(id, checkpoint.module()),
                        GuestModule.STATE_IDENTITY);
        long nonce = checkpoint.place().nonce();
        if (rows.isOfAnotherLog()) {
            throw new LeftOutException(
                    "the results that are here already are of other messages, so of another log; use an empty data directory");
        }
        if (checkpoints != null) {
            Optional<Checkpoint> here = checkpoints.newest(origin, Long.MAX_VALUE);
            if (here.isPresent() && here.get().manifest().place().nonce() >= nonce) {
                totals.checkpointsThere++;
                return "is at slot %d here already, there at %d"
                        .formatted(here.get().manifest().place().nonce(), nonce);
            }
        }
        Path memories = options.memories();
        if (memories == null) {
            throw new LeftOutException("no directory of checkpoint files is named");
        }
        Path file = checkpoint.memory(memories, options.ignoreFileTimes());
        long bytes;
        try (InputStream in = SourceStream.open(file)) {
            if (options.dryRun() || checkpoints == null) {
                bytes =
                        MemoryImage.check(
                                in, checkpoint.coding(), CheckpointLimits.MEMORY_BYTES_MAX);
            } else {
                bytes = write(in, origin, checkpoint);
            }
        } catch (MemoryImage.RefusedException | SourceStream.UnreadableException e) {
            throw new LeftOutException("file %s: %s".formatted(file, e.getMessage()));
        }
        totals.checkpoints++;
        totals.memoryBytes += bytes;
        return "goes on after slot %d, memory %d MiB".formatted(nonce, bytes >> 20);
    }

    private long write(InputStream in, CheckpointOrigin origin, NodeJsCheckpoint checkpoint)
            throws IOException {
        CheckpointStore store = checkpoints;
        if (store == null) {
            throw new IllegalStateException("a dry run writes nothing");
        }
        return store.importImage(
                        in,
                        checkpoint.coding(),
                        new CheckpointState(origin, checkpoint.place(), new LinkedHashMap<>()),
                        CheckpointLimits.MEMORY_BYTES_MAX)
                .manifest()
                .memoryBytes();
    }

    /** As this unit will find it: a state is used only with the format that it was written with. */
    private String format(Id process, Id module) throws LeftOutException {
        Tags of = database.processTags(process);
        String named = of == null ? null : of.first("Module");
        if (named != null && !named.equals(module.toString())) {
            throw new LeftOutException(
                    "it is of module %s, the process is of module %s".formatted(module, named));
        }
        Tags tags = database.moduleTags(module);
        if (tags == null) {
            throw new LeftOutException(
                    "the database does not know module %s, so not its Module-Format; use flywheel checkpoint import"
                            .formatted(module));
        }
        String format = tags.firstOr("Module-Format", "");
        if (!format.isEmpty() && ModuleFormat.of(format) == null) {
            throw new LeftOutException(
                    "module %s has a Module-Format that is not run here".formatted(module));
        }
        return format;
    }

    @Override
    public void close() {
        try {
            if (results != null) {
                results.close();
            }
        } finally {
            database.close();
        }
    }
}
