package dev.flywheel.cu.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The real modules, as {@code make modules} fetches them. */
public final class Aos {
    private Aos() {}

    /**
     * @throws AssertionError when it was not fetched
     */
    public static byte[] module(String name) throws IOException {
        return Files.readAllBytes(file(name));
    }

    /**
     * @throws AssertionError when it was not fetched
     */
    static Path file(String name) {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"), ".cache");
        Path file =
                (cache == null || cache.isEmpty() ? home : Path.of(cache))
                        .resolve("flywheel/modules/" + name + ".wasm");
        if (!Files.isRegularFile(file)) {
            throw new AssertionError("no module " + file + ": run `make modules`");
        }
        return file;
    }
}
