package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code flywheel checkpoint import}, {@code inspect}, {@code verify} and {@code export}. */
class CheckpointCommandsTest {
    private static final String PROCESS = "A".repeat(43);
    private static final String MODULE = "E".repeat(43);

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

    private static byte[] memory() {
        byte[] memory = new byte[3 << 16];
        byte[] some = new byte[9_000];
        new Random(1).nextBytes(some);
        System.arraycopy(some, 0, memory, 70_000, some.length);
        return memory;
    }

    private Path image(byte[] memory) throws IOException {
        Path file = directory.resolve("image.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(memory);
        }
        return file;
    }

    private Path out() {
        return directory.resolve("5-0.checkpoint");
    }

    private Run imported(Path image, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "checkpoint",
                                "import",
                                image.toString(),
                                "--process",
                                PROCESS,
                                "--module",
                                MODULE,
                                "--nonce",
                                "5",
                                "--out",
                                out().toString()));
        arguments.addAll(Arrays.asList(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void shouldBringAnImageInAndOutAgain() throws IOException {
        Run run = imported(image(memory()), "--timestamp", "1700000000000", "--hash-chain", "abc");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .containsPattern("memory bytes=196608, file bytes=\\d+, state \\w{64}");

        Run inspected = run("checkpoint", "inspect", out().toString());
        assertThat(inspected.status()).isZero();
        assertThat(inspected.out())
                .contains("process      " + PROCESS + "\n")
                .contains("nonce        5\n")
                .contains("timestamp    1700000000000\n")
                .contains("hash chain   abc\n")
                .contains("memory       bytes=196608 pages=48\n")
                .containsPattern("full +0 +3 +45 +1 +\\d+ +\\d\\.\\d\\d +.*5-0.checkpoint\n");

        assertThat(run("checkpoint", "verify", out().toString()).status()).isZero();
        for (String name : List.of("memory.bin", "memory.gz")) {
            Path to = directory.resolve(name);
            assertThat(run("checkpoint", "export", out().toString(), to.toString()).status())
                    .isZero();
            try (InputStream in =
                    name.endsWith(".gz")
                            ? new GZIPInputStream(Files.newInputStream(to))
                            : Files.newInputStream(to)) {
                assertThat(in.readAllBytes()).isEqualTo(memory());
            }
        }
    }

    @Test
    void shouldNameTheFileAndThePlaceOfDamage() throws IOException {
        imported(image(memory()));
        byte[] bytes = Files.readAllBytes(out());
        bytes[1_000] ^= 4;
        Path broken = directory.resolve("6-0.checkpoint");
        Files.write(broken, bytes);
        Run run = run("checkpoint", "verify", directory.toString());
        assertThat(run.status()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.out())
                .contains("checkpoint damaged: file=" + broken + " offset=16 why=")
                .contains("verified checkpoints=2 ")
                .contains(" damaged=1\n");
        Path to = directory.resolve("memory.bin");
        Run export = run("checkpoint", "export", broken.toString(), to.toString());
        assertThat(export.status()).isEqualTo(ExitCode.FAILURE);
        assertThat(export.out()).contains("offset=16");
        assertThat(to).doesNotExist();
    }

    @Test
    void shouldRefuseWhatItCannotUse() throws IOException {
        Path image = image(new byte[70_000]);
        assertThat(imported(image).status()).isEqualTo(ExitCode.USAGE);
        assertThat(imported(image).err()).contains("image.gz", "bytes=70000");
        assertThat(out()).doesNotExist();
        Path good = image(memory());
        assertThat(imported(good, "--format", "wasm128").err()).contains("unknown format");
        assertThat(imported(good).status()).isZero();
        assertThat(imported(good).err()).contains("is there already");
        Run missing = run("checkpoint", "inspect", directory.resolve("no").toString());
        assertThat(missing.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run("checkpoint", "verify", directory.resolve("no").toString()).status())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("checkpoint", "import", good.toString()).status()).isEqualTo(ExitCode.USAGE);
        assertThat(run("checkpoint").status()).isEqualTo(ExitCode.USAGE);
        Run none = run("checkpoint", "inspect", good.toString());
        assertThat(none.status()).isEqualTo(ExitCode.FAILURE);
        assertThat(none.out()).contains("checkpoint damaged", "not a checkpoint");
    }
}
