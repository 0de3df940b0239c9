package dev.flywheel.node.cli;

import dev.flywheel.node.LibraryUnusableException;
import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.config.Setting;
import dev.flywheel.node.demo.DemoFailedException;
import dev.flywheel.platform.files.DataDirectoryException;
import dev.flywheel.platform.http.PortInUseException;
import dev.flywheel.platform.sql.SqlStoreException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line for the person at the terminal and an exit status. */
final class Failures {
    private Failures() {}

    static int explain(Exception thrown, CommandLine line, ParseResult parsed) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        int status = status(failure);
        if (status == ExitCode.FAILURE) {
            LoggerFactory.getLogger(Failures.class).error("flywheel failed", failure);
        }
        line.getErr().println("flywheel: " + oneLine(failure) + advice(failure));
        return status;
    }

    static int explainUsage(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        line.getErr()
                .println(
                        "flywheel: "
                                + String.valueOf(wrong.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("wrong command line"));
        line.getErr()
                .println("'flywheel " + line.getCommandName() + " --help' lists what there is.");
        return ExitCode.USAGE;
    }

    static int status(Throwable failure) {
        return switch (failure) {
            case ConfigurationException e -> ExitCode.USAGE;
            case PortInUseException e -> ExitCode.PORT_IN_USE;
            case DataDirectoryException e -> ExitCode.DATA_DIRECTORY;
            case SqlStoreException e when e.isDiskFull() -> ExitCode.DATA_DIRECTORY;
            case LibraryUnusableException e -> ExitCode.LIBRARY;
            case DemoFailedException e -> ExitCode.DEMO;
            default -> ExitCode.FAILURE;
        };
    }

    /** The flag that helps where a port is taken. */
    private static String advice(Throwable failure) {
        if (!(failure instanceof PortInUseException taken)) {
            return "";
        }
        Setting port =
                switch (taken.unit()) {
                    case "gateway" -> Setting.GATEWAY_PORT;
                    case "scheduler" -> Setting.SU_PORT;
                    case "messenger" -> Setting.MU_PORT;
                    case "mainnet" -> Setting.MAINNET_PORT;
                    case "ops" -> Setting.OPS_PORT;
                    default -> Setting.CU_PORT;
                };
        return " (" + port.flag() + ")";
    }

    private static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.toString()
                : message.strip().replace("\n", " ");
    }
}
