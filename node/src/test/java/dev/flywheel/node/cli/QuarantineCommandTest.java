package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.store.Quarantine;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code flywheel quarantine}. */
class QuarantineCommandTest {
    private static final Id PROCESS = Id.sha256(new byte[1]);
    private static final Id OTHER = Id.sha256(new byte[2]);

    @TempDir Path data;

    private record Run(int status, String out, String err) {}

    private Run run(String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = CommandLines.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] arguments = new String[more.length + 3];
        arguments[0] = "quarantine";
        System.arraycopy(more, 0, arguments, 1, more.length);
        arguments[more.length + 1] = "--data";
        arguments[more.length + 2] = data.toString();
        return new Run(line.execute(arguments), out.toString(), err.toString());
    }

    private ResultStore store() {
        return ResultStore.open(data.resolve("compute").resolve("results"));
    }

    private static ResultRow row(Id process) {
        return new ResultRow(
                process,
                0,
                0,
                ResultRow.Kind.MESSAGE,
                1,
                1,
                "m",
                "a",
                null,
                "m",
                ResultRow.Body.of(EvaluationResult.empty()));
    }

    private void quarantined() {
        try (ResultStore store = store()) {
            store.add(List.of(row(PROCESS), row(OTHER)));
            store.quarantine(new Quarantine(PROCESS, 7, "m1", "a1", "m2", "a2", 1_000));
        }
    }

    private static Path checkpoints(Path data, Id process) throws Exception {
        String name = process.toString();
        Path directory =
                data.resolve("compute/checkpoints").resolve(name.substring(0, 2)).resolve(name);
        Files.createDirectories(directory);
        return directory;
    }

    @Test
    void shouldListWhatIsQuarantined() {
        assertThat(run().out()).isEqualTo("no process is quarantined\n");
        quarantined();
        Run run = run();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains(PROCESS + ": slot 7, since 1970-01-01T00:00:01Z")
                .contains("message m1, assignment a1")
                .contains("message m2, assignment a2");
    }

    @Test
    void shouldGoOnFromWhatWasEvaluated() {
        quarantined();
        assertThat(run(PROCESS.toString(), "--keep").status()).isZero();
        try (ResultStore store = store()) {
            assertThat(store.quarantined()).isEmpty();
            assertThat(store.at(PROCESS, 0)).isPresent();
        }
    }

    @Test
    void shouldForgetWhatWasEvaluatedOfThisProcessOnly() throws Exception {
        quarantined();
        Path file = checkpoints(data, PROCESS).resolve("5-0.checkpoint");
        Files.write(file, new byte[10]);
        Path ofOther = checkpoints(data, OTHER).resolve("5-0.checkpoint");
        Files.write(ofOther, new byte[10]);
        Run run = run(PROCESS.toString(), "--forget");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("results=1");
        try (ResultStore store = store()) {
            assertThat(store.quarantined()).isEmpty();
            assertThat(store.at(PROCESS, 0)).isEmpty();
            assertThat(store.at(OTHER, 0)).isPresent();
        }
        assertThat(file).doesNotExist();
        assertThat(ofOther).exists();
    }

    @Test
    void shouldSayWhatIsWrong() {
        quarantined();
        assertThat(run("nonsense", "--keep").err()).contains("\"nonsense\" is no id");
        assertThat(run(PROCESS.toString()).err()).contains("--keep or --forget");
        assertThat(run(PROCESS.toString(), "--keep", "--forget").status()).isEqualTo(2);
        Run other = run(OTHER.toString(), "--forget");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("is not quarantined").contains("nothing was changed");
        try (DataDirectory held = DataDirectory.lock(data)) {
            assertThat(held.directory("x")).exists();
            assertThat(run().status()).isEqualTo(4);
        }
    }
}
