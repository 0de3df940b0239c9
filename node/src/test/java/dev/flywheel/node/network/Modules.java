package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;

/** The wasm that networks of the tests run. */
final class Modules {
    private Modules() {}

    /** A real aos module in the user's cache. */
    static Path file(String name) {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        Path file = base.resolve("flywheel/modules").resolve(name + ".wasm");
        assertThat(file).as("fetched by 'make modules', which needs npm").isRegularFile();
        return file;
    }

    /** One of our own guests, 64-bit build. */
    static byte[] guest(String name) throws IOException {
        String resource = "/dev/flywheel/guests/64/" + name + ".wasm";
        try (InputStream in = Modules.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        }
    }
}
