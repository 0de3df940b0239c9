package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointManifest;
import dev.flywheel.cu.checkpoint.CheckpointName;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.node.cli.Child;
import dev.flywheel.protocol.Id;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flywheel verify} of a process on a whole node, and of what was tampered with. */
class VerifyTest {
    private static final int MESSAGES = 5;
    private static final long PAGE_BYTES = 4096;

    @TempDir Path directory;

    @Test
    void shouldSayEqualAndElseTheNonceAndThePage() throws Exception {
        Path data = directory.resolve("node");
        Id process;
        try (RunningNode node = RunningNode.start("node", data);
                NetworkClient client = new NetworkClient(node)) {
            process = client.spawn(client.module("counter", Modules.guest("counter"), Map.of()));
            for (int i = 0; i < MESSAGES; i++) {
                client.ask(process, "Inc", " ", Map.of());
            }
            node.child().terminate(); // it writes a checkpoint before it ends
            node.child().exit();
        }
        try (RunningNode node = RunningNode.start("node", data)) {
            Path file = checkpoint(data.resolve("compute"), process);
            CheckpointManifest manifest = CheckpointTool.verify(file, bytes -> {}).manifest();
            assertThat(manifest.place().nonce()).isEqualTo(MESSAGES);

            List<String> same =
                    verify(node, 0, process, "--against", node.cu(), "--data", data.toString());
            assertThat(same)
                    .anyMatch(line -> line.startsWith("equal: nonce=5 ") && line.contains("file="))
                    .anyMatch(line -> line.startsWith("equal: nonce=5 ") && line.contains("unit "));

            Path files = directory.resolve("tampered");
            long page = tamper(file, files, manifest.globals());
            String where = "first differing page=%d offset=%d".formatted(page, page * PAGE_BYTES);
            assertThat(verify(node, 1, process, "--data", files.toString()))
                    .anyMatch(line -> line.startsWith("different: replay and file="))
                    .contains("the first nonce that differs is after -1 and at most 5")
                    .contains("at nonce=5: " + where);

            // A unit that goes on from the same, as from another unit's image.
            Path other = directory.resolve("cu");
            tamper(file, other.resolve("compute/checkpoints"), new LinkedHashMap<>());
            try (RunningNode unit =
                    RunningNode.start(
                            "cu",
                            other,
                            "--su-url",
                            node.su(),
                            "--gateway-url",
                            node.gateway(),
                            "--page-tracking",
                            "compare")) {
                assertThat(verify(node, 1, process, "--against", unit.cu()))
                        .contains("first differing nonce=5: " + where);
                assertThat(verify(node, 0, process, "--against", unit.cu(), "--to", "4"))
                        .anyMatch(line -> line.startsWith("equal: nonce=4 "));
            }
        }
    }

    private static Path checkpoint(Path computeUnit, Id process) throws IOException {
        try (var all = Files.walk(computeUnit.resolve("checkpoints"))) {
            return all.filter(each -> each.toString().contains(process.toString()))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The same state but for a byte of the last page, whose number this returns. */
    private static long tamper(Path file, Path into, SequencedMap<String, Long> globals)
            throws IOException {
        Checkpoint checkpoint = CheckpointTool.verify(file, bytes -> {});
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        checkpoint.export(out);
        byte[] memory = out.toByteArray();
        memory[memory.length - 1] ^= 1;
        CheckpointManifest manifest = checkpoint.manifest();
        Path folder = CheckpointName.directory(into, manifest.origin().process());
        Files.createDirectories(folder);
        CheckpointTool.importImage(
                new ByteArrayInputStream(memory),
                MemoryImage.Coding.RAW,
                new CheckpointState(manifest.origin(), manifest.place(), globals),
                folder.resolve(manifest.name().file()),
                manifest.madeMs());
        return memory.length / PAGE_BYTES - 1;
    }

    private static List<String> verify(RunningNode node, int status, Id process, String... more)
            throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "verify",
                                process.toString(),
                                "--su",
                                node.su(),
                                "--gateway",
                                node.gateway()));
        arguments.addAll(List.of(more));
        try (Child child = Child.start(Map.of(), arguments.toArray(String[]::new))) {
            assertThat(child.exit()).as(child.output().toString()).isEqualTo(status);
            return child.output();
        }
    }

    @Test
    void shouldRefuseWhatItCannotVerify() throws Exception {
        String process = "A".repeat(43);
        assertUsage("is no id", "verify", "nobody", "--against", "http://localhost:1");
        assertUsage("nothing to compare with", "verify", process);
        assertUsage("it must be a URL", "verify", process, "--against", "ftp://x");
        assertUsage("no checkpoints of process", "verify", process, "--data", directory.toString());
    }

    private static void assertUsage(String why, String... arguments) throws Exception {
        try (Child child = Child.start(Map.of(), arguments)) {
            assertThat(child.exit()).as(child.output().toString()).isEqualTo(2);
            assertThat(child.complaints()).singleElement().asString().contains(why);
        }
    }
}
