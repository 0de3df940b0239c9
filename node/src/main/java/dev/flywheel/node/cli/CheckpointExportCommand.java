package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointDamagedException;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import dev.flywheel.cu.checkpoint.MemoryImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel checkpoint export FILE OUT}: the memory as an image. */
@Command(
        name = "export",
        description =
                "Writes the memory of a checkpoint as an image, packed when OUT ends in .gz. Exit status 1 when the checkpoint is damaged.")
final class CheckpointExportCommand implements Callable<Integer> {
    private static final int COPY_BYTES = 256 << 10;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "a checkpoint")
    private @Nullable Path file;

    @Parameters(index = "1", paramLabel = "OUT", description = "file to write")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(file, "picocli demands it");
        Path to = Objects.requireNonNull(output, "picocli demands it");
        CheckpointCommand.checkIsFile(from);
        CheckpointCommand.checkIsNew(to);
        var line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        try {
            Checkpoint checkpoint = CheckpointTool.verify(from, bytes -> {});
            write(checkpoint, to);
            line.getOut()
                    .printf(
                            "%s: memory bytes=%d, file bytes=%d%n",
                            to, checkpoint.manifest().memoryBytes(), Files.size(to));
            return ExitCode.OK;
        } catch (CheckpointDamagedException e) {
            line.getOut().println(e.getMessage());
            return ExitCode.FAILURE;
        }
    }

    private static void write(Checkpoint checkpoint, Path to) throws IOException {
        boolean done = false;
        try (OutputStream plain = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW);
                OutputStream out =
                        CheckpointCommand.coding(to) == MemoryImage.Coding.GZIP
                                ? new GZIPOutputStream(plain, COPY_BYTES)
                                : new BufferedOutputStream(plain, COPY_BYTES)) {
            checkpoint.export(out);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(to);
            }
        }
    }
}
