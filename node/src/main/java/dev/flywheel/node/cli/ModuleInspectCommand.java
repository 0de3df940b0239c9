package dev.flywheel.node.cli;

import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModuleInspection;
import dev.flywheel.node.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel module inspect FILE}. */
@Command(
        name = "inspect",
        description = "Says what is in a wasm file, and whether the node would run it.")
final class ModuleInspectCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "a wasm program")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "Module-Format tag to judge it by; default: the one that its imports and exports"
                            + " tell")
    private @Nullable String format;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    @Option(
            names = "--no-compile",
            description = "leave compiling out, and with it what only the engine can tell")
    private boolean noCompile;

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(file, "picocli demands it");
        if (format != null && ModuleFormat.of(format) == null) {
            throw new ConfigurationException(
                    "--format: unknown format \"%s\"; there are %s"
                            .formatted(format, ModuleFormat.tags()));
        }
        InspectedModule inspected = inspect(from, ModuleFile.read(from));
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        if (json) {
            out.println(InspectionJson.of(inspected));
        } else {
            InspectionText.print(inspected, out);
        }
        return ExitCode.OK;
    }

    private InspectedModule inspect(Path from, byte[] wasm) throws IOException {
        ModuleInspection inspection = ModuleInspection.of(wasm);
        Family family = InspectedModule.family(inspection);
        List<String> formats = InspectedModule.formats(family);
        String judge = format != null ? format : formats.isEmpty() ? null : formats.getFirst();
        ModuleTrial trial =
                noCompile || judge == null || inspection.refusal().isPresent()
                        ? null
                        : ModuleTrial.of(wasm, judge);
        return new InspectedModule(
                from, sha256(wasm), wasm.length, inspection, family, formats, judge, trial);
    }

    private static String sha256(byte[] wasm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wasm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
