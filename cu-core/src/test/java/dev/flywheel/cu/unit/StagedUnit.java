package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ch.qos.logback.classic.Level;
import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.guest.compile.CompileSettings;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compute unit in a program of its own, which stands still at a stage and is to be killed there.
 * Reads commands from its input, a line each, and ends with it; answers with lines that begin with
 * {@link #SAYS}:
 *
 * <pre>
 *   (at the start)       port 12345
 *   arm STORED 2         armed              stands still when it is there for the second time
 *   counters             counters 0 3 7     replay differences, resumed, written
 *   close                closed
 *   (there)              reached STORED
 * </pre>
 */
final class StagedUnit {
    static final String SAYS = "unit: ";

    /** Messages after which a checkpoint is due. */
    static final long EVERY = 3;

    /** Deltas of a chain. */
    static final int DELTAS = 2;

    /** Fewer than there are processes, so that they sleep and wake. */
    private static final int WARM = 2;

    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private final KillPoint point = new KillPoint(stage -> say("reached " + stage));

    private synchronized void say(String line) {
        try {
            // In one write, on a line of its own: the log goes there, too.
            out.write(("\n" + SAYS + line + "\n").getBytes(US_ASCII));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ComputeUnit start(Path directory, URI network, int chains) {
        GuestEngine engine =
                GuestEngine.open(
                        GuestEngineOptions.defaults(directory.resolve("modules"), UnitUnderTest.KEY)
                                .withCompileProcess(CompileSettings.defaults()));
        return ComputeUnit.start(
                new ComputeUnitOptions(
                        new InetSocketAddress("127.0.0.1", 0),
                        directory,
                        "address-of-the-unit",
                        network,
                        network,
                        UnitUnderTest.KEY,
                        ComputeUnitOptions.Settings.defaults()
                                .withProcessesWarm(WARM)
                                .withWorkers(2)
                                .withCheckpoints(
                                        new CheckpointSettings(
                                                EVERY,
                                                Long.MAX_VALUE / 1_000_000,
                                                Long.MAX_VALUE,
                                                new RetentionPolicy(
                                                        chains, DELTAS, 1_000, Map.of()))),
                        CompileSettings.defaults()),
                new StagedEvaluator(new GuestEvaluator(engine), point, EVERY),
                new StagedFiles(point),
                new SetClock(UnitUnderTest.CLOCK_MS));
    }

    private void arm(String stage, String times) {
        point.arm(KillStage.valueOf(stage), Integer.parseInt(times));
    }

    private void serve(ComputeUnit unit) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "arm" -> {
                    arm(words[1], words[2]);
                    say("armed");
                }
                case "counters" -> {
                    ComputeUnitCounters now = unit.counters();
                    say(
                            "counters %d %d %d"
                                    .formatted(
                                            now.replayDifferences(),
                                            now.checkpoints().resumed(),
                                            now.checkpoints().written()));
                }
                case "close" -> {
                    point.setClosing();
                    unit.close();
                    say("closed");
                }
                default -> throw new IllegalArgumentException("not a command: " + line);
            }
        }
    }

    /**
     * Directory, network, chains of checkpoints kept, and where it is to stand still from the start
     * on.
     */
    public static void main(String[] arguments) throws IOException, SQLException {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
                instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.INFO); // each start would write hundreds of lines
        }
        StagedUnit staged = new StagedUnit();
        if (arguments.length > 3) {
            String[] words = arguments[3].split(" ");
            staged.arm(words[0], words[1]);
        }
        StagedDriver.register(staged.point);
        ComputeUnit unit =
                staged.start(
                        Path.of(arguments[0]),
                        URI.create(arguments[1]),
                        Integer.parseInt(arguments[2]));
        staged.say("port " + unit.port());
        staged.serve(unit);
        Runtime.getRuntime().halt(0); // the parent is gone, or has no more to say
    }
}
