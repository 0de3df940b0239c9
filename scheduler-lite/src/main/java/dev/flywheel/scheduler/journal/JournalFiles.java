package dev.flywheel.scheduler.journal;

import dev.flywheel.platform.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a journal, and how a damaged one is replaced by its good part: copied beside it,
 * then swapped by two renames. A crash between them is finished when it opens again.
 */
final class JournalFiles {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);
    private static final String GENERATION_FILE = "generation";

    private final JournalOptions options;
    private final Path directory;
    private final Path rebuilding;

    JournalFiles(JournalOptions options) {
        this.options = options;
        this.directory = options.directory().toAbsolutePath().normalize();
        this.rebuilding = directory.resolveSibling(directory.getFileName() + ".rebuilding");
    }

    /** Makes the directory ready, ends what a crash left half done. */
    void prepare() {
        try {
            if (Files.exists(rebuilding)) {
                if (Files.exists(directory)) {
                    delete(rebuilding); // the copy was not complete yet
                } else {
                    Files.move(rebuilding, directory);
                }
            }
            Files.createDirectories(directory);
            if (!Files.exists(directory.resolve(GENERATION_FILE))) {
                writeGeneration(directory);
            }
        } catch (IOException e) {
            throw new JournalException(
                    "the journal directory %s cannot be written (%s). Give the node's user the right to write, or choose another data directory."
                            .formatted(directory, e),
                    e);
        }
    }

    String generation() {
        try {
            return Files.readString(directory.resolve(GENERATION_FILE)).strip();
        } catch (IOException e) {
            throw new JournalException("cannot read the generation of " + directory, e);
        }
    }

    OpenQueue open() {
        try {
            return new OpenQueue(directory, options);
        } catch (Exception | InternalError | AssertionError e) {
            throw new JournalException("the journal %s cannot be opened".formatted(directory), e);
        }
    }

    /**
     * As {@link #open}; when that fails, once more without the library's table of files, which it
     * makes again.
     */
    OpenQueue openWithoutHints() {
        try {
            return open();
        } catch (JournalException e) {
            LOG.warn("the journal does not open, its table of files is made again", e);
            try {
                Files.deleteIfExists(directory.resolve("metadata.cq4t"));
            } catch (IOException io) {
                e.addSuppressed(io);
                throw e;
            }
            return open();
        }
    }

    /**
     * Replaces the journal by its first {@code count} records; the damaged one stays beside it
     * under another name.
     */
    void keepFirst(long count, String damage) {
        Path aside =
                directory.resolveSibling(
                        directory.getFileName() + ".damaged-" + options.clock().millis());
        try {
            Files.createDirectories(rebuilding);
            writeGeneration(rebuilding);
            if (count > 0) {
                copy(count);
            }
            force(rebuilding);
            Files.move(directory, aside);
            Files.move(rebuilding, directory);
            force(Objects.requireNonNull(directory.getParent()));
        } catch (IOException e) {
            throw new JournalException(
                    "the damaged journal %s cannot be replaced by its good part (%s)"
                            .formatted(directory, e),
                    e);
        }
        LOG.error(
                "the journal was damaged and is cut after its {} good records directory={} because {}. The damaged files are kept in {}.",
                count,
                directory,
                damage,
                aside);
    }

    private void copy(long count) {
        try (OpenQueue from = open();
                OpenQueue to = new OpenQueue(rebuilding, options)) {
            from.reading(
                    Journal.START,
                    reading -> {
                        for (long i = 0; i < count; i++) {
                            to.append(
                                    Objects.requireNonNull(
                                            reading.next(), "a record was there a moment ago"));
                        }
                        return count;
                    });
        }
    }

    /** Makes new and renamed files of a directory, and their content, last over a power cut. */
    private static void force(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                forceOne(file, StandardOpenOption.WRITE);
            }
        }
        forceOne(directory, StandardOpenOption.READ);
    }

    /** Makes the name of a new file, and of the directory itself, last. */
    void forceNames() {
        try {
            forceOne(directory, StandardOpenOption.READ);
            forceOne(Objects.requireNonNull(directory.getParent()), StandardOpenOption.READ);
        } catch (IOException e) {
            throw new JournalException("the names in %s cannot be synced".formatted(directory), e);
        }
    }

    private static void forceOne(Path file, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(file, how)) {
            channel.force(true);
        }
    }

    private static void writeGeneration(Path directory) throws IOException {
        PrivateFiles.replace(
                directory.resolve(GENERATION_FILE),
                (UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
