package dev.flywheel.node.cli;

import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.node.LibraryUnusableException;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.WasmtimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a module as the node would, with an engine and a cache of its own that are gone afterwards.
 *
 * @param refusal why the node would not run it; null when it would
 * @param compileMs time that loading took; compiling is most of it
 * @param artefactBytes size of what the node would keep on disk; 0 for a refused one
 */
record ModuleTrial(@Nullable String refusal, long compileMs, long artefactBytes) {

    private static final int KEY_BYTES = 32;

    static ModuleTrial of(byte[] wasm, String format) throws IOException {
        Path folder = Files.createTempDirectory("flywheel-inspect");
        try {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            GuestEngineOptions options =
                    GuestEngineOptions.defaults(folder, key)
                            .withCompileProcess(CompileSettings.defaults());
            return load(wasm, format, options, folder);
        } catch (WasmtimeException e) {
            throw new LibraryUnusableException(e);
        } finally {
            delete(folder);
        }
    }

    /** The one place where inspecting compiles, in a process that is killed beyond its limits. */
    private static ModuleTrial load(
            byte[] wasm, String format, GuestEngineOptions options, Path folder)
            throws IOException {
        try (GuestEngine engine = GuestEngine.open(options)) {
            long start = System.nanoTime();
            try {
                engine.load(Id.sha256(wasm), wasm, format).close();
            } catch (ModuleRefusedException e) {
                return new ModuleTrial(e.getMessage(), ms(start), 0);
            }
            return new ModuleTrial(null, ms(start), bytes(folder));
        }
    }

    private static long ms(long startNs) {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    private static List<Path> content(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList();
        }
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        for (Path each : content(folder)) {
            if (Files.isRegularFile(each)) {
                bytes += Files.size(each);
            }
        }
        return bytes;
    }

    private static void delete(Path folder) throws IOException {
        for (Path each : content(folder).reversed()) {
            Files.delete(each);
        }
    }
}
