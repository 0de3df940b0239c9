package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.CheckpointManifest;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.protocol.Id;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel checkpoint import IMAGE}: a checkpoint of another compute unit's image. */
@Command(
        name = "import",
        description = {
            "Makes a checkpoint of a memory image, as a compute unit's /state gives it; packed when its name ends in .gz.",
            "The place in the log is in the answer's headers: Last-Ordinate, Last-Timestamp, Last-Block-Height."
        })
final class CheckpointImportCommand implements Callable<Integer> {
    private static final int READ_BYTES = 256 << 10;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "a memory image")
    private @Nullable Path image;

    @Option(names = "--process", paramLabel = "ID", required = true, description = "its process")
    private String process = "";

    @Option(names = "--module", paramLabel = "ID", required = true, description = "its module")
    private String module = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "wasm64-unknown-emscripten-draft_2024_02_15",
            description = "the module's Module-Format tag; default: ${DEFAULT-VALUE}")
    private String format = "";

    @Option(
            names = "--passes",
            paramLabel = "PASSES",
            description =
                    "how the node that is to use it divides states; default: ${DEFAULT-VALUE}")
    private String passes = GuestModule.STATE_IDENTITY;

    @Option(
            names = "--nonce",
            paramLabel = "N",
            required = true,
            description = "of the last message in the image")
    private long nonce;

    @Option(names = "--timestamp", paramLabel = "MS", description = "of that message")
    private long timestamp;

    @Option(names = "--block-height", paramLabel = "N", description = "of that message")
    private long blockHeight;

    @Option(names = "--assignment", paramLabel = "ID", description = "of that message")
    private @Nullable String assignment;

    @Option(names = "--hash-chain", paramLabel = "HASH", description = "at that message")
    private @Nullable String hashChain;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "file to write")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(image, "picocli demands it");
        Path to = Objects.requireNonNull(output, "picocli demands it");
        CheckpointCommand.checkIsFile(from);
        CheckpointCommand.checkIsNew(to);
        CheckpointState state = state();
        CheckpointManifest made;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(from), READ_BYTES)) {
            made =
                    CheckpointTool.importImage(
                            in,
                            CheckpointCommand.coding(from),
                            state,
                            to,
                            System.currentTimeMillis());
        } catch (MemoryImage.RefusedException e) {
            throw new ConfigurationException("file %s: %s".formatted(from, e.getMessage()));
        }
        Objects.requireNonNull(spec, "picocli sets it")
                .commandLine()
                .getOut()
                .printf(
                        "%s: memory bytes=%d, file bytes=%d, state %s%n",
                        to, made.memoryBytes(), Files.size(to), made.stateHash());
        return ExitCode.OK;
    }

    private CheckpointState state() {
        if (ModuleFormat.of(format) == null) {
            throw new ConfigurationException(
                    "--format: unknown format \"%s\"; there are %s"
                            .formatted(format, ModuleFormat.tags()));
        }
        try {
            return new CheckpointState(
                    new CheckpointOrigin(
                            id("--process", process), id("--module", module), format, passes),
                    CheckpointPlace.after(nonce, assignment, hashChain, timestamp, blockHeight),
                    new LinkedHashMap<>());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    private static Id id(String option, String text) {
        Id id = Id.parseOrNull(text);
        if (id == null) {
            throw new ConfigurationException(
                    "%s: not an id of 43 characters: \"%s\"".formatted(option, text));
        }
        return id;
    }
}
