package dev.flywheel.node.cli;

import dev.flywheel.node.demo.Demo;
import dev.flywheel.node.demo.Network;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code flywheel demo}. */
@Command(
        name = "demo",
        description =
                "Has a first conversation with fresh aos processes on any running network, and shows how long each step took.")
final class DemoCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--gateway-url",
            paramLabel = "URL",
            defaultValue = "http://localhost:4000",
            description = "default: ${DEFAULT-VALUE}")
    private URI gateway = URI.create("http://localhost:4000");

    @Option(
            names = "--su-url",
            paramLabel = "URL",
            defaultValue = "http://localhost:9000",
            description = "default: ${DEFAULT-VALUE}")
    private URI su = URI.create("http://localhost:9000");

    @Option(
            names = "--mu-url",
            paramLabel = "URL",
            defaultValue = "http://localhost:3005",
            description = "default: ${DEFAULT-VALUE}")
    private URI mu = URI.create("http://localhost:3005");

    @Option(
            names = "--cu-url",
            paramLabel = "URL",
            defaultValue = "http://localhost:6363",
            description = "default: ${DEFAULT-VALUE}")
    private URI cu = URI.create("http://localhost:6363");

    @Option(
            names = "--authority",
            paramLabel = "ADDRESS",
            description =
                    "address that the messenger signs with; default: the scheduler's, as in a Flywheel node")
    private @Nullable String authority;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "prints this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() {
        var out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        new Demo(new Network(gateway, su, mu, cu), out::println, authority).run();
        return ExitCode.OK;
    }
}
