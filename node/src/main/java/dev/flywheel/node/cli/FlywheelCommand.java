package dev.flywheel.node.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code flywheel} alone: prints the help. */
@Command(
        name = "flywheel",
        description = "A fast compute unit for AO, with scheduler, messenger and gateway.",
        mixinStandardHelpOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit status: 0 done; 1 failure; 2 wrong command line or setting; 3 port in use; 4 data directory unusable;",
            "5 Wasmtime library missing; 6 demo failed; 7 no JDK 25; 143 or 130 ended by a signal after draining."
        })
final class FlywheelCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        line.usage(line.getOut());
        return ExitCode.OK;
    }
}
