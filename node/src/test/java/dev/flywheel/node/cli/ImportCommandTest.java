package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.files.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code flywheel import}: what it says at the terminal; what it takes, cu-core's tests say. */
class ImportCommandTest {
    private static final String PROCESS = "A".repeat(43);
    private static final String MODULE = "E".repeat(43);
    private static final long RECORDED_MS = 1_795_456_700_000L;

    @TempDir Path directory;
    private Path database;
    private Path memories;

    /** How one command ended, and what it printed. */
    private record Run(int status, String out, String err) {}

    private Run run(Map<String, String> environment, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of("--from", database.toString(), "--data", data().toString()));
        arguments.addAll(Arrays.asList(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new ImportCommand(environment));
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        line.setExecutionExceptionHandler(Failures::explain);
        return new Run(
                line.execute(arguments.toArray(String[]::new)), out.toString(), err.toString());
    }

    private Run run(String... more) {
        return run(Map.of("PROCESS_MEMORY_FILE_CHECKPOINTS_DIR", memories.toString()), more);
    }

    private Path data() {
        return directory.resolve("data");
    }

    @BeforeEach
    void makeTheOtherUnitsFiles() throws Exception {
        database = directory.resolve("db.sqlite");
        memories = Files.createDirectory(directory.resolve("memories"));
        sql(
                "create table modules(id text primary key, owner text, tags jsonb) without rowid",
                "insert into modules values ('"
                        + MODULE
                        + "', '{}', '[{\"name\":\"Module-Format\",\"value\":\"wasm64-unknown-emscripten-draft_2024_02_15\"}]')",
                "create table checkpoint_files(id text primary key, processId text unique, timestamp integer,"
                        + " ordinate text, cron text, file text, evaluation text, cachedAt integer) without rowid",
                "insert into checkpoint_files values ('x', '"
                        + PROCESS
                        + "', 7, '3', null, 'state-"
                        + PROCESS
                        + ".dat', '{\"processId\":\""
                        + PROCESS
                        + "\",\"moduleId\":\""
                        + MODULE
                        + "\",\"timestamp\":7,\"ordinate\":\"3\",\"nonce\":3,\"blockHeight\":0}', "
                        + RECORDED_MS
                        + ")");
        memory(new byte[1 << 16]);
    }

    private void sql(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private void memory(byte[] bytes) throws IOException {
        Path file = Files.write(memories.resolve("state-" + PROCESS + ".dat"), bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(RECORDED_MS));
    }

    @Test
    void shouldSayWhatItTookAndEndWithZero() {
        Run dry = run("--dry-run");
        assertThat(dry.err()).isEmpty();
        assertThat(dry.status()).isZero();
        assertThat(dry.out()).contains("dry run, nothing was written: processes=1");
        assertThat(data()).doesNotExist();
        Run run = run();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        "process %s: goes on after slot 3, memory 0 MiB; 0 results%n"
                                        .formatted(PROCESS)
                                + "imported: processes=1 missing=0 checkpoints=1 already-here=0 left-out=0 memory-bytes=65536 results=0 rows-left-out=0%n"
                                        .formatted());
        assertThat(data().resolve("compute/checkpoints/AA/" + PROCESS + "/3-0.checkpoint"))
                .isRegularFile();
        Run again = run("--checkpoints", memories.toString(), "--process", PROCESS);
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("already-here=1");
    }

    @Test
    void shouldEndWithOneWhenSomethingIsLeftOut() throws IOException {
        memory(new byte[70_000]);
        Run run = run();
        assertThat(run.status()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.out())
                .contains("process " + PROCESS + ": checkpoint left out: of slot 3: file ")
                .contains("bytes=70000");
        assertThat(run.err()).contains("something was left out");
        assertThat(run("--process", MODULE).status()).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void shouldExplainWhatItCannotBeginWith() throws Exception {
        Run noId = run("--process", "nobody");
        assertThat(noId.status()).isEqualTo(ExitCode.USAGE);
        assertThat(noId.err()).contains("--process", "\"nobody\"");
        Run noMemories = run(Map.of());
        assertThat(noMemories.status()).isEqualTo(ExitCode.USAGE);
        assertThat(noMemories.err()).contains("--checkpoints DIR");
        assertThat(run("--checkpoints", directory.resolve("no").toString()).err())
                .contains("directory of checkpoints");
        try (DataDirectory held = DataDirectory.lock(data())) {
            Run busy = run();
            assertThat(busy.status()).isEqualTo(ExitCode.DATA_DIRECTORY);
            assertThat(busy.err()).contains("held by another node", held.root().toString());
        }
        Files.writeString(database, "x".repeat(5000));
        Run other = run();
        assertThat(other.status()).isEqualTo(ExitCode.FAILURE);
        assertThat(other.err()).contains("cannot read the database file=" + database);
        Files.delete(database);
        assertThat(run().status()).isEqualTo(ExitCode.USAGE);
        assertThat(run().err()).contains("db.sqlite");
    }
}
