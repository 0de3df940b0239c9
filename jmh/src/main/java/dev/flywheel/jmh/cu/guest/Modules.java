package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** One real module, compiled, with a process of it and a thread for it. For one thread. */
public final class Modules implements AutoCloseable {
    /** Under the format that the module was published for. */
    public static final String PLAIN = "";

    private static final String METERED_32 = "wasm32-unknown-emscripten-metering";
    private static final String METERED_64 = "wasm64-unknown-emscripten-draft_2024_10_16-metering";

    /** What is done with the process, on the guest's thread. */
    @FunctionalInterface
    public interface Work {
        long[] on(GuestProcess process) throws Exception;
    }

    private final Path file;
    private final String format;
    private final Id id;
    private final Path artefacts;
    private final GuestEngine engine;
    private final GuestModule module;
    private final ExecutorService thread;
    private @Nullable GuestProcess process;

    /**
     * @param format {@link #PLAIN} or a {@code Module-Format}
     */
    public Modules(Path root, String name, String format) throws Exception {
        Properties pins = new Properties();
        try (InputStream in =
                Objects.requireNonNull(
                        Modules.class.getResourceAsStream(
                                "/dev/flywheel/modules/modules.properties"))) {
            pins.load(in);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"), ".cache");
        this.file =
                (cache == null || cache.isEmpty() ? home : Path.of(cache))
                        .resolve("flywheel/modules/" + name + ".wasm");
        this.format = format.isEmpty() ? pins.getProperty(name + ".format") : format;
        this.id = Id.sha256(name.getBytes(UTF_8));
        this.artefacts = Files.createTempDirectory("artefacts");
        this.engine = GuestEngine.open(GuestEngineOptions.defaults(artefacts, new byte[32]));
        this.module = engine.load(id, Files.readAllBytes(file), this.format);
        this.thread = Executors.newSingleThreadExecutor(engine.threads());
    }

    /** The tag under which a module with this one is metered. */
    public static String metered(String format) {
        return format.startsWith("wasm32") ? METERED_32 : METERED_64;
    }

    Path file() {
        return file;
    }

    public String format() {
        return format;
    }

    /** Does work with the process, which is made at the first call. */
    long[] call(Work work) throws Exception {
        return submit(
                () -> {
                    GuestProcess found = process;
                    if (found == null) {
                        found = module.newProcess(GuestProcessOptions.of(id));
                        process = found;
                    }
                    return work.on(found);
                });
    }

    /** Does work with a new process. */
    public long[] callAnew(Work work) throws Exception {
        return submit(
                () -> {
                    try (GuestProcess fresh = module.newProcess(GuestProcessOptions.of(id))) {
                        return work.on(fresh);
                    }
                });
    }

    /**
     * Does work with a process that goes on from where another was left, in a longer memory.
     *
     * @param before what is done with that other one, which is new
     */
    long[] callInLonger(long memoryBytes, Work before, Work work) throws Exception {
        GuestProcessOptions options = GuestProcessOptions.of(id);
        return submit(
                () -> {
                    GuestProcess first = module.newProcess(options);
                    before.on(first);
                    try (first;
                            ZeroMemory room =
                                    new ZeroMemory(Math.max(memoryBytes, first.memoryBytes()))) {
                        GuestProcess longer =
                                first.<GuestProcess, ModuleRefusedException>readState(
                                        state ->
                                                module.resumeProcess(
                                                        options,
                                                        new GuestState(
                                                                room.with(state.memory()),
                                                                state.globals())));
                        try (longer) {
                            return work.on(longer);
                        }
                    }
                });
    }

    /** Does work with the module itself. */
    void callModule(ModuleWork work) throws Exception {
        submit(
                () -> {
                    work.on(module, GuestProcessOptions.of(id));
                    return new long[0];
                });
    }

    /** What is done with a module, on the guest's thread. */
    @FunctionalInterface
    interface ModuleWork {
        void on(GuestModule module, GuestProcessOptions options) throws Exception;
    }

    private long[] submit(java.util.concurrent.Callable<long[]> work) throws Exception {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        GuestProcess found = process;
        if (found != null) {
            found.close();
        }
        thread.close();
        module.close();
        engine.close();
        try (var files = Files.list(artefacts)) {
            for (Path artefact : (Iterable<Path>) files::iterator) {
                Files.delete(artefact);
            }
        }
        Files.delete(artefacts);
    }
}
