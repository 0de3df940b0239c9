package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.CheckpointDamagedException;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import dev.flywheel.node.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel checkpoint verify FILE|DIR}. */
@Command(
        name = "verify",
        description =
                "Reads checkpoints and what they build upon: each byte, each frame, the state hash. Exit status 1 when one is damaged.")
final class CheckpointVerifyCommand implements Callable<Integer> {
    /** A person who waits wants to see that it goes on. */
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(2);

    /** Directories of processes lie two below that of all; one more for a data directory. */
    private static final int DEPTH_MAX = 4;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE|DIR", description = "a checkpoint, or a directory of some")
    private @Nullable Path path;

    private long shownNs = System.nanoTime();

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(path, "picocli demands it");
        List<Path> files = files(from);
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        int damaged = 0;
        long bytes = 0;
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            int number = i + 1;
            try {
                CheckpointTool.verify(
                        file, verified -> progress(number, files.size(), file, verified));
            } catch (CheckpointDamagedException e) {
                damaged++;
                out.println(e.getMessage());
            }
            bytes += Files.size(file);
        }
        out.printf("verified checkpoints=%d bytes=%d damaged=%d%n", files.size(), bytes, damaged);
        return damaged == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void progress(int number, int of, Path file, long verified) {
        if (System.nanoTime() - shownNs > PROGRESS_NS) {
            shownNs = System.nanoTime();
            PrintWriter err =
                    Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
            err.printf("verifying %d of %d: %s memory bytes=%d%n", number, of, file, verified);
            err.flush();
        }
    }

    private static List<Path> files(Path from) throws IOException {
        if (Files.isRegularFile(from)) {
            return List.of(from);
        }
        if (!Files.isDirectory(from)) {
            throw new ConfigurationException(
                    "%s cannot be read (no file and no directory)".formatted(from));
        }
        try (Stream<Path> all = Files.walk(from, DEPTH_MAX)) {
            return all.filter(each -> each.toString().endsWith(".checkpoint"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }
}
