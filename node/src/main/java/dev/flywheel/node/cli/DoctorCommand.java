package dev.flywheel.node.cli;

import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.doctor.Doctor;
import dev.flywheel.protocol.Id;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code flywheel doctor --hyperbeam URL}. */
@Command(
        name = "doctor",
        description = {
            "Asks a HyperBEAM node and a compute unit whether they understand one another; one line for each check: ok, warning, or FAILED"
                    + " with what to do. Changes nothing, but a process that is named is evaluated by the unit.",
            "Exit status 1 when a check failed."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--hyperbeam",
            paramLabel = "URL",
            required = true,
            description = "the node, e.g. http://localhost:8734")
    private String node = "";

    @Option(
            names = "--cu",
            paramLabel = "URL",
            defaultValue = "http://localhost:6363",
            description = "the compute unit; default: ${DEFAULT-VALUE}")
    private String unit = "";

    @Option(names = "--process", paramLabel = "ID", description = "a process to look at as well")
    private @Nullable String process;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() throws InterruptedException {
        Id id = Id.parseOrNull(process);
        if (process != null && id == null) {
            throw new ConfigurationException(
                    "--process: not an id of 43 characters: \"%s\"".formatted(process));
        }
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        try (Doctor doctor =
                new Doctor(
                        VerifyCommand.url("--hyperbeam", node),
                        VerifyCommand.url("--cu", unit),
                        finding -> {
                            out.println(finding.line());
                            out.flush();
                        })) {
            return doctor.examine(id) ? ExitCode.OK : ExitCode.FAILURE;
        }
    }
}
