package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.node.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code flywheel checkpoint}: the group of the commands on checkpoints. */
@Command(
        name = "checkpoint",
        description = "Works with checkpoints, the states of processes as files.",
        synopsisSubcommandLabel = "COMMAND")
final class CheckpointCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        line.usage(line.getOut());
        return ExitCode.USAGE;
    }

    /** How an image's name says it is packed. */
    static MemoryImage.Coding coding(Path image) {
        return String.valueOf(image.getFileName()).endsWith(".gz")
                ? MemoryImage.Coding.GZIP
                : MemoryImage.Coding.RAW;
    }

    /** A command reads this one. */
    static void checkIsFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException("file %s cannot be read (no file)".formatted(file));
        }
    }

    /** A command writes this one, and overwrites none. */
    static void checkIsNew(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.exists(file) || directory == null || !Files.isDirectory(directory)) {
            throw new ConfigurationException(
                    "file %s is there already, or its directory is not".formatted(file));
        }
    }
}
