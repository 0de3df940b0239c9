package dev.flywheel.wasmtime.raw;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Wasmtime library of this process: found, checked, and loaded once. Its version is known
 * before its first function is called. It is never unloaded: its signal handlers stay installed as
 * long as the process lives.
 *
 * @param path the file that was loaded
 * @param version the release that the library says it is, e.g. 50.0.0
 * @param symbols its C functions
 */
public record NativeLibrary(Path path, String version, SymbolLookup symbols) {

    private static final String PINS = "/dev/flywheel/nativelib/wasmtime.properties";

    /**
     * The C API's structs and functions that this binding uses are the same in these two lines,
     * which the layout probe and the tests show; nothing is known about others.
     */
    private static final Pattern KNOWN = Pattern.compile("(50|48)\\.0\\.\\d+");

    /**
     * Symbols for debuggers that carry the release in their name: the only place where every build
     * of the library states it, and a place that can be read before any code of it runs.
     */
    private static final Pattern STATED =
            Pattern.compile("_vmctx_memory_(?:ptr_)?(\\d+)_(\\d+)_(\\d+)");

    /** Five times the size of the library, which is 30 MB: a larger file is something else. */
    private static final long FILE_BYTES_MAX = 150L << 20;

    private static @Nullable NativeLibrary loaded;

    /**
     * The library that {@code FLYWHEEL_WASMTIME} names, or else the pinned one from the user's
     * cache. Any thread; the first call takes some 50 ms.
     *
     * @throws LibraryUnusableException when there is none, or not the right one; its text says what
     *     to do
     */
    public static synchronized NativeLibrary load() {
        if (loaded == null) {
            loaded = load(System.getenv());
        }
        return loaded;
    }

    static NativeLibrary load(Map<String, String> environment) {
        return load(environment, System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static NativeLibrary load(Map<String, String> environment, String osName, String osArch) {
        String own = environment.get("FLYWHEEL_WASMTIME");
        Path path;
        String version;
        if (own != null && !own.isBlank()) {
            path = Path.of(own).toAbsolutePath();
            version = stated(path);
            if (!KNOWN.matcher(version).matches()) {
                throw new LibraryUnusableException(
                        "FLYWHEEL_WASMTIME names Wasmtime "
                                + version
                                + ", and only 50.0.x and 48.0.x are known to this"
                                + " binding: path="
                                + path
                                + ". Unset it and run `make native`, or name another library.");
            }
        } else {
            Pins pins = Pins.of(osName, osArch);
            path = pins.cached(environment);
            if (!Files.isRegularFile(path)) {
                throw new LibraryUnusableException(
                        "no Wasmtime library: path="
                                + path
                                + ". Run `make native` to fetch the pinned one, or set"
                                + " FLYWHEEL_WASMTIME=/path/to/libwasmtime to one of your own.");
            }
            String found = sha256(path);
            if (!found.equals(pins.sha256())) {
                throw new LibraryUnusableException(
                        "the Wasmtime library is not the pinned one: path="
                                + path
                                + " sha256="
                                + found
                                + " pinned="
                                + pins.sha256()
                                + ". Delete it and run `make native`.");
            }
            version = pins.reported();
        }
        try {
            return new NativeLibrary(
                    path, version, SymbolLookup.libraryLookup(path, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new LibraryUnusableException(
                    "the Wasmtime library cannot be loaded: path="
                            + path
                            + " reason="
                            + e.getMessage()
                            + ". Is it for this machine and this C library (glibc 2.28 or later)?",
                    e);
        }
    }

    private static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream hashed = new DigestInputStream(in, digest)) {
                hashed.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static String stated(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes <= FILE_BYTES_MAX) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                Matcher matcher = STATED.matcher(text);
                if (matcher.find()) {
                    return matcher.group(1) + "." + matcher.group(2) + "." + matcher.group(3);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        throw new LibraryUnusableException(
                "FLYWHEEL_WASMTIME names a file that does not say which Wasmtime it is: path="
                        + file
                        + ". Unset it and run `make native`, or name a libwasmtime 50.0.x or 48.0.x.");
    }

    private static LibraryUnusableException unreadable(Path file, IOException cause) {
        return new LibraryUnusableException(
                "the Wasmtime library cannot be read: path="
                        + file
                        + " reason="
                        + cause
                        + ". Run `make native`, or set FLYWHEEL_WASMTIME to a library that can be read.",
                cause);
    }

    /** The pinned library of one platform. */
    private record Pins(String directory, String file, String sha256, String reported) {

        static Pins of(String osName, String osArch) {
            Properties pins = new Properties();
            try (InputStream in = NativeLibrary.class.getResourceAsStream(PINS)) {
                if (in == null) {
                    throw new LibraryUnusableException(
                            "the pins of the Wasmtime library are missing: resource=" + PINS);
                }
                pins.load(in);
            } catch (IOException e) {
                throw new LibraryUnusableException(
                        "the pins of the Wasmtime library cannot be read: resource=" + PINS, e);
            }
            String os =
                    osName.equals("Linux") ? "linux" : osName.startsWith("Mac") ? "macos" : osName;
            String arch = osArch.equals("amd64") ? "x86_64" : osArch;
            String platform = os + "-" + arch;
            String sha256 = pins.getProperty(platform + ".sha256");
            if (sha256 == null) {
                throw new LibraryUnusableException(
                        "no Wasmtime library is pinned for this platform: platform="
                                + platform
                                + " pinned="
                                + pins.getProperty("platforms")
                                + ". Set FLYWHEEL_WASMTIME=/path/to/libwasmtime to one of your own.");
            }
            return new Pins(
                    pins.getProperty("version") + "-" + platform,
                    pins.getProperty(platform + ".file"),
                    sha256,
                    pins.getProperty("reported"));
        }

        Path cached(Map<String, String> environment) {
            String xdg = environment.get("XDG_CACHE_HOME");
            Path cache =
                    xdg == null || xdg.isBlank()
                            ? Path.of(System.getProperty("user.home"), ".cache")
                            : Path.of(xdg);
            return cache.resolve("flywheel").resolve("wasmtime").resolve(directory).resolve(file);
        }
    }
}
