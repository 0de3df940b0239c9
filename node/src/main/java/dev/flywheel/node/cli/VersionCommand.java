package dev.flywheel.node.cli;

import dev.flywheel.node.Version;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code flywheel version}. */
@Command(name = "version", description = "Prints the versions of Flywheel and Java.")
final class VersionCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        out.println("flywheel " + Version.flywheel());
        out.println("java " + Runtime.version());
        return ExitCode.OK;
    }
}
