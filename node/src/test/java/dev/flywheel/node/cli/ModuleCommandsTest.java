package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code flywheel module inspect} and {@code rewrite}, as the program has them. */
class ModuleCommandsTest {
    @TempDir Path directory;

    /** How one command ended, and what it printed. */
    private record Run(int status, String out, String err) {}

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = CommandLines.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return new Run(line.execute(arguments), out.toString(), err.toString());
    }

    private Path guest(String name) throws IOException {
        try (InputStream in =
                ModuleCommandsTest.class.getResourceAsStream(
                        "/dev/flywheel/guests/" + name + ".wasm")) {
            return write(name.replace('/', '-') + ".wasm", in.readAllBytes());
        }
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void shouldTellWhatIsInAModuleAndThatItRuns() throws IOException {
        Run run = run("module", "inspect", guest("64/catcher").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("family   V64")
                .containsPattern(" +\\d+ +\\d+ +\\d+ {2}code\n")
                .contains("env._emscripten_throw_longjmp func () -> ()")
                .contains("handle func (i64, i64) -> (i64)")
                .containsPattern("body bytes +\\d+ of +1048576\n")
                .containsPattern("longjmp +\\d+ -> \\d+ bytes\n")
                .containsPattern("legacy +nothing to do\n")
                .containsPattern("compiled in \\d+ ms, artefact bytes=\\d+")
                .contains("would run as wasm64-unknown-emscripten-draft_2024_02_15\n");
    }

    @Test
    void shouldTellTheSameToMachines() throws IOException {
        Path file = guest("32/echo");
        Run run = run("module", "inspect", "--json", file.toString());
        JsonNode json = JsonMapper.shared().readTree(run.out());
        assertThat(json.get("file").asString()).isEqualTo(file.toString());
        assertThat(json.get("bytes").asLong()).isEqualTo(Files.size(file));
        assertThat(json.get("family").asString()).isEqualTo("V4");
        assertThat(json.get("sections").get(0).get("name").asString()).isEqualTo("type");
        assertThat(json.get("imports").size()).isPositive();
        assertThat(json.get("limits").size()).isGreaterThan(25);
        assertThat(json.get("passes").size()).isEqualTo(7);
        assertThat(json.get("runs").asBoolean()).isTrue();
        assertThat(json.get("compiled").get("artefactBytes").asLong()).isPositive();
    }

    @Test
    void shouldCompileNothingWhereToldSo() throws IOException {
        Run run = run("module", "inspect", "--no-compile", guest("64/nohandle").toString());
        // Only the engine's own check of exports would notice.
        assertThat(run.out())
                .contains("as far as can be told without compiling it")
                .doesNotContain("compiled in");
        assertThat(run("module", "inspect", guest("64/nohandle").toString()).out())
                .contains("would not run: module ", "it exports no function handle");
    }

    @Test
    void shouldSayWhereABrokenModuleIsBroken() throws IOException {
        byte[] good = Files.readAllBytes(guest("64/echo"));
        Path cut = write("cut.wasm", java.util.Arrays.copyOf(good, good.length / 2));
        Run run = run("module", "inspect", cut.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("  type\n")
                .containsPattern(
                        "would not run: module is malformed: unexpected end.* offset=\\d+");
        Run rewrite = run("module", "rewrite", cut.toString(), "-o", out().toString());
        assertThat(rewrite.status()).isEqualTo(ExitCode.USAGE);
        assertThat(rewrite.err()).contains(cut.toString(), "unexpected end", " offset=");
        assertThat(out()).doesNotExist();
    }

    @Test
    void shouldRefuseWhatIsNoFileAndNoProgram() throws IOException {
        Run missing = run("module", "inspect", directory.resolve("missing.wasm").toString());
        assertThat(missing.status()).isEqualTo(ExitCode.USAGE);
        assertThat(missing.err()).contains("missing.wasm", "cannot be read");
        Path text =
                write(
                        "text.wasm",
                        "hello, world".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Run noWasm = run("module", "inspect", text.toString());
        assertThat(noWasm.status()).isEqualTo(ExitCode.USAGE);
        assertThat(noWasm.err()).contains(text.toString(), "is not a wasm program", "offset=0");
        Run format = run("module", "inspect", "--format", "wasm16", guest("64/echo").toString());
        assertThat(format.status()).isEqualTo(ExitCode.USAGE);
        assertThat(format.err()).contains("--format", "wasm16", "wasm32-unknown-emscripten4");
    }

    private Path out() {
        return directory.resolve("out.wasm");
    }

    @Test
    void shouldWriteWhatTheNodeWouldCompile() throws IOException {
        Path file = guest("64/catcher");
        Run run = run("module", "rewrite", file.toString(), "-o", out().toString());
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("changed by longjmp,expose,interrupt");
        assertThat(run("module", "inspect", "--no-compile", out().toString()).out())
                .contains(
                        "sections (",
                        "too many memories", // nothing that we made is taken as a guest's
                        "seems to be written by these passes");
        Run again = run("module", "rewrite", out().toString(), "-o", out() + ".again");
        assertThat(again.status()).isEqualTo(ExitCode.USAGE);
        assertThat(again.err()).contains("seems to be written by these passes");
    }

    @Test
    void shouldReadAndWriteBackWithoutPasses() throws IOException {
        Path file = guest("32/catcher");
        Run run =
                run(
                        "module",
                        "rewrite",
                        file.toString(),
                        "-o",
                        out().toString(),
                        "--passes",
                        "none");
        assertThat(run.out()).contains("changed by nothing");
        assertThat(out()).hasSameBinaryContentAs(file);
    }

    @Test
    void shouldDoThePassesThatAreChosen() throws IOException {
        String file = guest("64/catcher").toString();
        String[] chosen = {
            "module", "rewrite", file, "-o", out().toString(), "--passes", "narrow, gas"
        };
        Run run = run(chosen);
        assertThat(run.out()).as(run.err()).contains("changed by gas,narrow");
        Run metered =
                run(
                        "module",
                        "rewrite",
                        file,
                        "-o",
                        directory.resolve("metered.wasm").toString(),
                        "--format",
                        "wasm64-unknown-emscripten-draft_2024_10_16-metering");
        assertThat(metered.out())
                .as(metered.err())
                .contains("changed by gas,longjmp,expose,interrupt");
        Run unknown =
                run("module", "rewrite", file, "-o", out().toString(), "--passes", "gas,faster");
        assertThat(unknown.status()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err())
                .contains("unknown pass \"faster\"", "legacy,gas,gas_import,longjmp,narrow,expose");
    }

    @Test
    void shouldOverwriteOnlyWithForce() throws IOException {
        String file = guest("64/echo").toString();
        Files.writeString(out(), "mine");
        String[] plain = {"module", "rewrite", file, "-o", out().toString()};
        Run refused = run(plain);
        assertThat(refused.status()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains(out().toString(), "exists", "--force");
        assertThat(out()).hasContent("mine");
        String[] forced = {"module", "rewrite", file, "-o", out().toString(), "--force"};
        assertThat(run(forced).status()).isZero();
        assertThat(Files.readAllBytes(out())).startsWith(0, 'a', 's', 'm');
        try (var left = Files.list(directory)) {
            assertThat(left)
                    .noneMatch(each -> each.getFileName().toString().startsWith(".rewrite"));
        }
        Run nowhere =
                run("module", "rewrite", file, "-o", directory.resolve("no/out.wasm").toString());
        assertThat(nowhere.err()).contains("no such folder");
    }

    /** As a program of its own: nothing but the JSON goes to its output, the log goes elsewhere. */
    @Test
    void shouldPrintJsonAlone() throws Exception {
        try (Child child =
                Child.start(
                        Map.of(),
                        "module",
                        "inspect",
                        "--json",
                        "--no-compile",
                        guest("64/echo").toString())) {
            assertThat(child.exit()).isZero();
            assertThat(child.output()).hasSize(1);
            assertThat(
                            JsonMapper.shared()
                                    .readTree(child.output().getFirst())
                                    .get("runs")
                                    .asBoolean())
                    .isTrue();
        }
    }
}
