package dev.flywheel.node.cli;

import dev.flywheel.node.Node;
import dev.flywheel.node.Node.Unit;
import dev.flywheel.node.config.ConfigurationReader;
import dev.flywheel.node.config.NodeConfiguration;
import dev.flywheel.node.config.NodeJsEnvironment;
import dev.flywheel.node.config.Setting;
import dev.flywheel.node.demo.Demo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code flywheel node} and the units alone. Its options are the settings of {@link Setting}. */
final class UnitCommand implements Callable<Integer> {
    /** What can be run. */
    enum Kind {
        NODE(
                "node",
                "Runs a whole AO network: gateway, scheduler, messenger and compute unit.",
                EnumSet.allOf(Unit.class)),
        CU("cu", "Runs the compute unit alone.", EnumSet.of(Unit.CU)),
        SU("su", "Runs the scheduler unit alone.", EnumSet.of(Unit.SU)),
        MU("mu", "Runs the messenger unit alone.", EnumSet.of(Unit.MU)),
        GATEWAY("gateway", "Runs the gateway alone.", EnumSet.of(Unit.GATEWAY));

        private final String command;
        private final String description;

        @SuppressWarnings("ImmutableEnumChecker") // never changed after the constructor
        private final Set<Unit> units;

        Kind(String command, String description, Set<Unit> units) {
            this.command = command;
            this.description = description;
            this.units = units;
        }

        String command() {
            return command;
        }
    }

    /** Wide enough for one setting a line, narrow enough for any terminal of today. */
    private static final int HELP_COLUMNS = 110;

    private final Kind kind;
    private final Map<String, String> environment;
    private final CommandSpec spec;

    UnitCommand(Kind kind, Map<String, String> environment) {
        this.kind = kind;
        this.environment = environment;
        this.spec = CommandSpec.wrapWithoutInspection(this).name(kind.command());
        spec.usageMessage()
                .description(
                        kind.description,
                        "Settings come from flags, FLYWHEEL_* variables, a file, and defaults, in this order.")
                .width(HELP_COLUMNS)
                .sortOptions(false);
        for (Setting setting : Setting.values()) {
            spec.addOption(
                    OptionSpec.builder(setting.flag())
                            .type(String.class)
                            .paramLabel(setting.label())
                            .description(setting.help().replace("%", "%%"))
                            .build());
        }
        spec.addOption(
                OptionSpec.builder("--config")
                        .type(Path.class)
                        .paramLabel("FILE")
                        .description("YAML file with settings")
                        .build());
        flag(
                "--print-config",
                "prints every setting with its value and where it came from, and ends");
        flag("--once", "ends when everything has started (and talked, with --demo)");
        if (kind == Kind.NODE) {
            flag("--demo", "has a first conversation with a fresh aos process, then keeps running");
        }
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .type(boolean.class)
                        .description("prints this help")
                        .build());
    }

    private void flag(String name, String description) {
        spec.addOption(
                OptionSpec.builder(name)
                        .type(boolean.class)
                        .arity("0")
                        .description(description)
                        .build());
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        CommandLine line = spec.commandLine();
        ParseResult parsed = line.getParseResult();
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String value = parsed.matchedOptionValue(setting.flag(), (String) null);
            if (value != null) {
                flags.put(setting, value);
            }
        }
        Path file = parsed.matchedOptionValue("--config", (Path) null);
        NodeJsEnvironment nodeJs =
                kind == Kind.CU ? NodeJsEnvironment.of(environment) : NodeJsEnvironment.none();
        ConfigurationReader reader = new ConfigurationReader(file, environment, flags, nodeJs);
        if (parsed.hasMatchedOption("--print-config")) {
            reader.configuration();
            line.getOut().print(reader.print());
            line.getOut().flush();
            return ExitCode.OK;
        }
        NodeConfiguration configuration = reader.configuration();
        String inherited = nodeJs.line(reader);
        if (inherited != null) {
            line.getOut().println("  " + inherited);
        }
        return run(configuration, parsed, line.getOut());
    }

    private int run(NodeConfiguration configuration, ParseResult parsed, PrintWriter out)
            throws Exception {
        Node node = Node.start(configuration, kind.units, text -> out.println("  " + text));
        // Drains on SIGTERM and Ctrl-C; the JVM then ends with 143 or 130.
        Thread drain = new Thread(node::shutDown, "shutdown");
        Runtime.getRuntime().addShutdownHook(drain);
        out.print(Welcome.text(node));
        out.flush();
        if (parsed.hasMatchedOption("--demo")) {
            new Demo(node.network(), text -> out.println(text)).run();
        }
        if (parsed.hasMatchedOption("--once")) {
            node.shutDown();
        }
        node.awaitEnd();
        return ExitCode.OK;
    }
}
