package dev.flywheel.node.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** All commands of {@code flywheel}. */
public final class CommandLines {
    private CommandLines() {}

    /** Runs one command and returns its {@link ExitCode}. */
    public static int run(String... arguments) {
        if (Runtime.version().feature() < 25) {
            System.err.println(
                    "Flywheel needs Java 25 or later; this is Java "
                            + Runtime.version().feature()
                            + ". Set JAVA_HOME.");
            return ExitCode.JDK;
        }
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new FlywheelCommand());
        for (UnitCommand.Kind kind : UnitCommand.Kind.values()) {
            UnitCommand command = new UnitCommand(kind, System.getenv());
            line.addSubcommand(kind.command(), command.spec());
        }
        line.addSubcommand(new DemoCommand());
        line.addSubcommand(
                new CommandLine(new ModuleCommand())
                        .addSubcommand(new ModuleInspectCommand())
                        .addSubcommand(new ModuleRewriteCommand()));
        line.addSubcommand(
                new CommandLine(new CheckpointCommand())
                        .addSubcommand(new CheckpointInspectCommand())
                        .addSubcommand(new CheckpointVerifyCommand())
                        .addSubcommand(new CheckpointExportCommand())
                        .addSubcommand(new CheckpointImportCommand()));
        line.addSubcommand(new QuarantineCommand(System.getenv()));
        line.addSubcommand(new VerifyCommand());
        line.addSubcommand(new ImportCommand(System.getenv()));
        line.addSubcommand(new DoctorCommand());
        line.addSubcommand(new VersionCommand());
        line.addSubcommand(new CommandLine.HelpCommand());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler(Failures::explain);
        line.setParameterExceptionHandler(Failures::explainUsage);
        return line;
    }
}
