package dev.flywheel.nativelib;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs this repository's scripts with an empty cache and with only the tools that a test gives
 * them, so that a missing or failing tool is seen as a newcomer sees it.
 */
final class Sandbox {

    /** The scripts take a second at most: none reaches a network here. */
    private static final long WAIT_SECONDS = 60;

    /** What every system has; python3, npm, cargo and the like come only from {@link #tool}. */
    private static final List<String> BASICS =
            List.of(
                    "bash",
                    "sh",
                    "awk",
                    "basename",
                    "cat",
                    "chmod",
                    "cut",
                    "dirname",
                    "env",
                    "grep",
                    "head",
                    "make",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "rm",
                    "sed",
                    "sha256sum",
                    "shasum",
                    "tail",
                    "tar",
                    "touch",
                    "tr",
                    "uname");

    private final Path tools;
    private final Path cache;
    private final Path output;
    private final Map<String, String> environment = new HashMap<>();

    /** How a script ended and all that it printed. */
    record Result(int exitCode, String output) {}

    Sandbox(Path folder) throws IOException {
        tools = Files.createDirectory(folder.resolve("tools"));
        cache = folder.resolve("cache");
        output = folder.resolve("output");
        for (String name : BASICS) {
            for (String place : List.of("/usr/bin/", "/bin/")) {
                Path tool = Path.of(place + name);
                if (Files.isExecutable(tool) && Files.notExists(tools.resolve(name))) {
                    Files.createSymbolicLink(tools.resolve(name), tool);
                }
            }
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", folder.toString());
        environment.put("XDG_CACHE_HOME", cache.toString());
    }

    /** The folder that scripts cache in; not there at first. */
    Path cache() {
        return cache;
    }

    Sandbox with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Adds or replaces a tool by a shell script. */
    Sandbox tool(String name, String body) throws IOException {
        executable(tools.resolve(name), body);
        return this;
    }

    static void executable(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/bash\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Runs a command in the repository's root, which is the module's parent. */
    Result run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of(command)))
                        .directory(Path.of("..").toAbsolutePath().normalize().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.command().set(0, resolve(command[0]));
        Process process = builder.start();
        if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("script did not end: command=" + List.of(command));
        }
        return new Result(
                process.exitValue(),
                new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    }

    private String resolve(String program) {
        return program.contains("/") ? program : tools.resolve(program).toString();
    }
}
