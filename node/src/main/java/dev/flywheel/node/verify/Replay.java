package dev.flywheel.node.verify;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.cu.unit.CheckpointSettings;
import dev.flywheel.cu.unit.ComputeUnit;
import dev.flywheel.cu.unit.ComputeUnitOptions;
import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.cu.unit.MemorySettings;
import dev.flywheel.node.LibraryUnusableException;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.WasmtimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A log evaluated from its start: by a whole compute unit, so by the code that is to be verified,
 * with a directory of its own that is empty at first and gone afterwards. Its own checkpoints serve
 * only to look back. One thread.
 */
public final class Replay implements AutoCloseable {
    private static final int KEY_BYTES = 32;

    private final Path directory;
    private final ComputeUnit unit;
    private final UnitStates states;
    private final Consumer<String> progress;

    private Replay(Path directory, ComputeUnit unit, UnitStates states, Consumer<String> progress) {
        this.directory = directory;
        this.unit = unit;
        this.states = states;
        this.progress = progress;
    }

    /**
     * Starts a unit that has evaluated nothing.
     *
     * @param progress takes lines for a person who waits
     * @throws LibraryUnusableException when there is no Wasmtime library
     */
    public static Replay of(Id process, URI scheduler, URI gateway, Consumer<String> progress)
            throws IOException {
        Path directory = Files.createTempDirectory("flywheel-verify");
        try {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            ComputeUnit unit =
                    ComputeUnit.start(
                            new ComputeUnitOptions(
                                    new InetSocketAddress("127.0.0.1", 0),
                                    directory,
                                    "verify",
                                    scheduler,
                                    gateway,
                                    key,
                                    settings(),
                                    CompileSettings.defaults()),
                            InstantSource.system());
            URI url = URI.create("http://127.0.0.1:" + unit.port());
            return new Replay(directory, unit, new UnitStates(url, process), progress);
        } catch (WasmtimeException e) {
            delete(directory);
            throw new LibraryUnusableException(e);
        } catch (RuntimeException | Error e) {
            delete(directory);
            throw e;
        }
    }

    /** One reader, who waits for as long as it takes. */
    private static Settings settings() {
        return new Settings(
                Settings.COMPUTE_LIMIT_MAX,
                GuestLimits.MEMORY_BYTES_MAX,
                GuestLimits.DEFAULT_WALL_CLOCK_MS,
                Runtime.getRuntime().availableProcessors(),
                MemorySettings.defaults().withProcessesWarm(1).withSleepBytesMax(0),
                UnitStates.ANSWER_MS,
                0,
                0,
                CheckpointSettings.defaults());
    }

    /**
     * The state right after an entry; evaluates so far. An earlier one than before may cost more.
     */
    public StateHash at(long nonce) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        long[] from = {-1, 0};
        return states.at(
                nonce,
                () -> {
                    long at = states.catchingUpAt();
                    if (at < 0) {
                        progress.accept("replaying to nonce %d".formatted(nonce));
                        return;
                    }
                    if (from[0] < 0) {
                        from[0] = at;
                        from[1] = System.nanoTime();
                    }
                    // By the whole time at first, when no second point is known yet.
                    boolean again = at > from[0];
                    double seconds = (System.nanoTime() - (again ? from[1] : startNs)) / 1e9;
                    double perSecond = (again ? at - from[0] : at) / seconds;
                    progress.accept(
                            "replaying: nonce %d of %d, %.1f per second, %d seconds left"
                                    .formatted(
                                            at,
                                            nonce,
                                            perSecond,
                                            (long)
                                                    Math.ceil(
                                                            (nonce - at)
                                                                    / Math.max(perSecond, 0.1))));
                });
    }

    @Override
    public void close() throws IOException {
        states.close();
        try {
            unit.close();
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
