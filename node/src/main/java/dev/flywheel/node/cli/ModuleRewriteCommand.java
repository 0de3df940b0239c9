package dev.flywheel.node.cli;

import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.Pass;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.RewrittenModule;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.node.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel module rewrite FILE -o OUT}: what the node does to a module, into a file. */
@Command(
        name = "rewrite",
        description = "Rewrites a wasm file as the node does before it compiles it.")
final class ModuleRewriteCommand implements Callable<Integer> {
    private static final String NONE = "none";

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "a wasm program")
    private @Nullable Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "file to write")
    private @Nullable Path output;

    @Option(
            names = "--passes",
            paramLabel = "PASSES",
            description =
                    "some of legacy,gas,gas_import,longjmp,narrow,expose,interrupt, done in this order; 'none' reads and"
                            + " writes only. Default: what the node does for the format")
    private @Nullable String passes;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "Module-Format tag, which decides whether gas is counted; default: none that"
                            + " does")
    private @Nullable String format;

    @Option(names = "--force", description = "overwrite OUT")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(file, "picocli demands it");
        Path to = Objects.requireNonNull(output, "picocli demands it");
        Set<Pass> wanted = wanted();
        byte[] wasm = ModuleFile.read(from);
        RewrittenModule made;
        try {
            made = RewrittenModule.of(wasm, wanted);
        } catch (MalformedModuleException e) {
            throw new ConfigurationException(
                    "file %s cannot be rewritten: %s%s"
                            .formatted(from, e.getMessage(), RewrittenModule.hint(wasm)));
        }
        write(to, made.wasm());
        Objects.requireNonNull(spec, "picocli sets it")
                .commandLine()
                .getOut()
                .printf(
                        "%s: bytes=%d, was %d; changed by %s%n",
                        to,
                        made.wasm().length,
                        wasm.length,
                        made.applied().isEmpty() ? "nothing" : texts(made.applied()));
        return ExitCode.OK;
    }

    private static String texts(List<Pass> all) {
        return all.stream().map(Pass::text).collect(Collectors.joining(","));
    }

    private Set<Pass> wanted() {
        Set<Pass> wanted = EnumSet.noneOf(Pass.class);
        if (passes == null) {
            wanted.addAll(ModulePipeline.passes(new PreparationOptions(isMetered(), false)));
        } else if (!passes.equals(NONE)) {
            for (String text : passes.split(",", -1)) {
                Pass pass = Pass.of(text.strip());
                if (pass == null) {
                    throw new ConfigurationException(
                            "--passes: unknown pass \"%s\"; there are %s, and %s"
                                    .formatted(text, texts(Arrays.asList(Pass.values())), NONE));
                }
                wanted.add(pass);
            }
        }
        return wanted;
    }

    private boolean isMetered() {
        if (format == null) {
            return false;
        }
        ModuleFormat found = ModuleFormat.of(format);
        if (found == null) {
            throw new ConfigurationException(
                    "--format: unknown format \"%s\"; there are %s"
                            .formatted(format, ModuleFormat.tags()));
        }
        return found.metered();
    }

    private void write(Path to, byte[] wasm) throws IOException {
        if (force) {
            // Beside it and renamed: whoever reads OUT meanwhile gets all of one or the other.
            Path part = Files.createTempFile(to.toAbsolutePath().getParent(), ".rewrite", ".wasm");
            try {
                Files.write(part, wasm);
                Files.move(part, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            return;
        }
        try {
            Files.write(to, wasm, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new ConfigurationException("file %s exists; --force overwrites it".formatted(to));
        } catch (java.nio.file.NoSuchFileException e) {
            throw new ConfigurationException(
                    "file %s cannot be written: no such folder".formatted(to));
        }
    }
}
