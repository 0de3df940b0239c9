package dev.flywheel.cu.module;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** Modules to test on: the real ones in the user's cache, and our own guests. */
final class Samples {

    private static final List<String> GUESTS =
            List.of(
                    "echo",
                    "counter",
                    "toucher",
                    "talker",
                    "misbehaver",
                    "catcher",
                    "nohandle",
                    "unknownimport",
                    "badstart");

    private Samples() {}

    /** Names of the real modules. */
    static List<String> realNames() {
        return List.of(
                properties("/dev/flywheel/modules/modules.properties")
                        .getProperty("modules")
                        .split(","));
    }

    /** Names of the guests, with their folder: {@code 64/echo}. */
    static List<String> guestNames() {
        return Stream.of("32/", "64/")
                .flatMap(bits -> GUESTS.stream().map(guest -> bits + guest))
                .toList();
    }

    static List<String> allNames() {
        List<String> all = new ArrayList<>(realNames());
        all.addAll(guestNames());
        return all;
    }

    /** The binary of that name, of either list. */
    static byte[] wasm(String name) {
        return name.contains("/") ? guest(name) : real(name);
    }

    private static byte[] guest(String name) {
        return resource("/dev/flywheel/guests/" + name + ".wasm");
    }

    private static byte[] real(String name) {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        Path file = base.resolve("flywheel/modules/" + name + ".wasm");
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError("no real module, run 'make modules': file=" + file, e);
        }
    }

    static byte[] resource(String path) {
        try (InputStream in = Samples.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new AssertionError("no such resource: " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Properties properties(String path) {
        Properties properties = new Properties();
        try {
            properties.load(new java.io.ByteArrayInputStream(resource(path)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return properties;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
