package dev.flywheel.node.verify;

import dev.flywheel.cu.checkpoint.CheckpointName;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds checkpoints of a process where a node keeps them. Only reads. */
public final class CheckpointFolder {
    private CheckpointFolder() {}

    /**
     * The files of a process, by nonce.
     *
     * @param directory a node's data directory, a compute unit's, or one of checkpoints
     * @throws ConfigurationException when there is none
     */
    public static List<Path> files(Path directory, Id process) throws IOException {
        for (String below : List.of("compute/checkpoints", "checkpoints", "")) {
            Path folder = CheckpointName.directory(directory.resolve(below), process);
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.list(folder)) {
                    List<Path> found =
                            all.filter(file -> name(file) != null)
                                    .sorted(
                                            Comparator.comparing(
                                                    file -> Objects.requireNonNull(name(file))))
                                    .toList();
                    if (!found.isEmpty()) {
                        return found;
                    }
                }
            }
        }
        throw new ConfigurationException(
                "directory %s has no checkpoints of process %s; a node writes one when a process has worked for checkpoint.ms, or sleeps"
                        .formatted(directory, process));
    }

    static @Nullable CheckpointName name(Path file) {
        return CheckpointName.of(String.valueOf(file.getFileName()));
    }
}
