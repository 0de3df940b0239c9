package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.CheckpointDamagedException;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.verify.CheckpointFolder;
import dev.flywheel.node.verify.Comparison;
import dev.flywheel.node.verify.Replay;
import dev.flywheel.node.verify.UnitStates;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel verify PROCESS}. */
@Command(
        name = "verify",
        description = {
            "Replays the log of a process from its start, with a compute unit of its own, and compares states with those of a running"
                    + " compute unit (--against) or with checkpoints (--data).",
            "Exit status 1 when one differs; then the first entry and the first page that differ are named."
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "PROCESS", description = "id of the process")
    private String process = "";

    @Option(
            names = {"--su-url", "--su"},
            paramLabel = "URL",
            defaultValue = "http://localhost:9000",
            description = "scheduler with the log; default: ${DEFAULT-VALUE}")
    private String su = "";

    @Option(
            names = {"--gateway-url", "--gateway"},
            paramLabel = "URL",
            defaultValue = "http://localhost:4000",
            description = "gateway with the module; default: ${DEFAULT-VALUE}")
    private String gateway = "";

    @Option(
            names = "--against",
            paramLabel = "URL",
            description = "compute unit to compare with, e.g. http://localhost:6363")
    private @Nullable String against;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "data directory of a node, or a directory of checkpoints; read only, the node may run")
    private @Nullable Path data;

    @Option(
            names = "--to",
            paramLabel = "NONCE",
            description = "last entry to replay; default: what there is to compare with")
    private long to = Long.MAX_VALUE;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Id id = Id.parseOrNull(process);
        if (id == null) {
            throw new ConfigurationException("\"%s\" is no id of a process".formatted(process));
        }
        if (to < 0) {
            throw new ConfigurationException("--to is %d: it must be a nonce".formatted(to));
        }
        if (against == null && data == null) {
            throw new ConfigurationException(
                    "there is nothing to compare with: name a compute unit with --against URL, or checkpoints with --data DIR");
        }
        List<Path> files = data == null ? List.of() : CheckpointFolder.files(data, id);
        URI unit = against == null ? null : url("--against", against);
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Replay replay =
                Replay.of(
                        id,
                        url("--su-url", su),
                        url("--gateway-url", gateway),
                        line -> {
                            err.println(line);
                            err.flush();
                        })) {
            Comparison comparison = new Comparison(replay, out::println, to);
            boolean same = comparison.withCheckpoints(files);
            if (unit != null) {
                try (UnitStates peer = new UnitStates(unit, id)) {
                    same &= comparison.withUnit(unit, peer);
                }
            }
            if (comparison.compared() == 0) {
                err.printf(
                        "nothing was compared for process %s: there are %d checkpoints, none of them of use up to nonce %d. Name a running unit with --against.%n",
                        id, files.size(), to);
                return ExitCode.FAILURE;
            }
            return same ? ExitCode.OK : ExitCode.FAILURE;
        } catch (CheckpointDamagedException e) {
            out.println(e.getMessage());
            return ExitCode.FAILURE;
        }
    }

    /** A URL without slashes at its end, given with an option. */
    static URI url(String option, String text) {
        try {
            URI url = URI.create(text.replaceAll("/+$", ""));
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw noUrl(option, text, e);
        }
        throw noUrl(option, text, null);
    }

    private static ConfigurationException noUrl(
            String option, String text, @Nullable Exception cause) {
        ConfigurationException wrong =
                new ConfigurationException(
                        "%s is \"%s\": it must be a URL such as http://localhost:6363"
                                .formatted(option, text));
        if (cause != null) {
            wrong.addSuppressed(cause);
        }
        return wrong;
    }
}
