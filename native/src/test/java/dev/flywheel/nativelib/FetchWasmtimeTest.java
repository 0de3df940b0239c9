package dev.flywheel.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/fetch-wasmtime.sh} when something is missing or wrong. */
class FetchWasmtimeTest {

    private static final String SCRIPT = "native/fetch-wasmtime.sh";

    /** Answers `-m pip --version` and leaves a wheel of other bytes where it is told to. */
    private static final String PYTHON_WITH_WRONG_WHEEL =
            """
            [ "$3" = --version ] && exit 0
            while [ $# -gt 0 ]; do
              [ "$1" = --dest ] && echo 'another wheel' >"$2/wasmtime-50.0.1.whl"
              shift
            done
            """;

    @TempDir Path folder;
    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() throws IOException {
        sandbox = new Sandbox(folder).tool("uname", "[ $1 = -s ] && echo Linux || echo x86_64");
    }

    @Test
    void shouldSayThatPythonIsMissing() throws Exception {
        refused("python3 is not installed (Debian: apt install python3-pip");
    }

    @Test
    void shouldSayThatPipIsMissing() throws Exception {
        sandbox.tool("python3", "echo 'No module named pip' >&2; exit 1");
        refused("python3 has no pip (Debian: apt install python3-pip");
    }

    @Test
    void shouldPassOnWhyPipFailed() throws Exception {
        sandbox.tool(
                "python3",
                "[ \"$3\" = --version ] && exit 0\n"
                        + "echo 'WARNING: Retrying'; echo 'ERROR: Could not resolve host' >&2; exit 1");
        refused("pip download wasmtime==50.0.1 failed: ERROR: Could not resolve host");
    }

    @Test
    void shouldRefuseAWheelWithAnotherChecksumAndLeaveNothing() throws Exception {
        sandbox.tool("python3", PYTHON_WITH_WRONG_WHEEL);
        refused("wasmtime-50.0.1.whl has SHA-256 ", "pinned is cc14c3a17654e039");
        assertThat(filesInCache()).isEmpty();
    }

    @Test
    void shouldFetchAgainWhenTheCachedLibraryWasChanged() throws Exception {
        Path library = cached("linux-x86_64", "libwasmtime.so");
        Files.createDirectories(library.getParent());
        Files.writeString(library, "changed");
        sandbox.tool("python3", PYTHON_WITH_WRONG_WHEEL);
        refused("has SHA-256 ");
    }

    @Test
    void shouldNamePinnedPlatformsOnAnotherOne() throws Exception {
        sandbox.tool("uname", "[ $1 = -s ] && echo FreeBSD || echo riscv64");
        refused(
                "none is pinned for FreeBSD on riscv64, only for linux-x86_64,linux-aarch64,macos-aarch64");
        refusedFor("plan9-mips", "none is pinned for platform plan9-mips");
    }

    @Test
    void shouldSayThatTheCacheCannotBeMade() throws Exception {
        Files.writeString(sandbox.cache(), "a file where the cache should be");
        sandbox.tool("python3", "exit 0");
        refused("flywheel/wasmtime/50.0.1-linux-x86_64 cannot be created");
    }

    @Test
    void shouldNotFetchWhenAnOwnLibraryIsNamed() throws Exception {
        sandbox.with("FLYWHEEL_WASMTIME", "/own/libwasmtime.so");
        assertThat(sandbox.run(SCRIPT, "--path"))
                .isEqualTo(new Sandbox.Result(0, "/own/libwasmtime.so\n"));
    }

    @Test
    void shouldNeedNoToolOnceTheRightLibraryIsCached() throws Exception {
        // Not a fetch: sha256sum is made to say what the pin says.
        Path library = cached("linux-x86_64", "libwasmtime.so");
        Files.createDirectories(library.getParent());
        Files.writeString(library, "right");
        sandbox.tool("sha256sum", "echo \"" + pins().getProperty("linux-x86_64.sha256") + "  $1\"");
        assertThat(sandbox.run(SCRIPT, "--path")).isEqualTo(new Sandbox.Result(0, library + "\n"));
    }

    @Test
    void shouldPinEachPlatformByChecksum() throws Exception {
        Properties pins = pins();
        for (String platform : pins.getProperty("platforms").split(",")) {
            for (String key : List.of(".sha256", ".wheel.sha256")) {
                assertThat(pins.getProperty(platform + key)).as(platform).matches("[0-9a-f]{64}");
            }
            for (String key : List.of(".tags", ".member", ".file")) {
                assertThat(pins.getProperty(platform + key)).as(platform).isNotBlank();
            }
        }
    }

    private void refused(String... texts) throws IOException, InterruptedException {
        Sandbox.Result result = sandbox.run(SCRIPT);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        assertThat(result.output())
                .contains("No Wasmtime library: ")
                .contains(texts)
                .contains("set FLYWHEEL_WASMTIME=/path/to/libwasmtime");
    }

    private void refusedFor(String platform, String text) throws IOException, InterruptedException {
        sandbox.with("FLYWHEEL_PLATFORM", platform);
        refused(text);
    }

    private Path cached(String platform, String file) {
        return sandbox.cache().resolve("flywheel/wasmtime/50.0.1-" + platform).resolve(file);
    }

    private List<Path> filesInCache() throws IOException {
        try (Stream<Path> all = Files.walk(sandbox.cache())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static Properties pins() throws IOException {
        Properties pins = new Properties();
        try (var in =
                FetchWasmtimeTest.class.getResourceAsStream(
                        "/dev/flywheel/nativelib/wasmtime.properties")) {
            pins.load(in);
        }
        return pins;
    }
}
