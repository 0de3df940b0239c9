package dev.flywheel.scheduler;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * A scheduler in a JVM of its own, to be killed. Tells its port in one line; ends with its input.
 */
final class ChildScheduler {
    private ChildScheduler() {}

    /** Directory, gateway and durability. */
    public static void main(String[] arguments) throws IOException {
        SchedulerOptions options =
                new SchedulerOptions(
                        new InetSocketAddress("127.0.0.1", 0),
                        Path.of(arguments[0]),
                        Keys.SCHEDULER,
                        SchedulerOptions.MessageDurability.valueOf(arguments[2]),
                        URI.create(arguments[1]),
                        SchedulerOptions.Behaviour.usual());
        try (Scheduler scheduler = Scheduler.start(options, InstantSource.system());
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write(("port " + scheduler.port() + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            while (System.in.read() >= 0) {
                // whatever comes, until the parent is gone
            }
        }
    }
}
