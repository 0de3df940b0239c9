package dev.flywheel.messenger;

import dev.flywheel.platform.files.PrivateFiles;
import dev.flywheel.protocol.ArweaveKey;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** A messenger in a JVM of its own; ends when its input does. */
final class MessengerChild {
    private MessengerChild() {}

    /**
     * @param args directory, scheduler, compute unit, gateway
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        ArweaveKey key = ArweaveKey.fromJwk(Files.readString(directory.resolve("key.json")));
        try (Messenger messenger =
                Messenger.start(
                        new MessengerOptions(
                                new InetSocketAddress("127.0.0.1", 0),
                                directory.resolve("mu"),
                                key,
                                URI.create(args[1]),
                                URI.create(args[2]),
                                URI.create(args[3]),
                                NetworkTest.quick()),
                        InstantSource.system())) {
            PrivateFiles.replace(
                    directory.resolve("port"),
                    Integer.toString(messenger.port()).getBytes(StandardCharsets.UTF_8));
            while (System.in.read() >= 0) {
                // Only its end says anything.
            }
        }
    }
}
