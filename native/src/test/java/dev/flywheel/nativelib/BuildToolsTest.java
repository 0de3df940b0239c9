package dev.flywheel.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Makefile and {@code native/find-jdk.sh} make of the JDKs and tools they find. */
class BuildToolsTest {

    @TempDir Path folder;
    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() throws IOException {
        sandbox = new Sandbox(folder);
    }

    @Test
    void shouldTakeJavaHomeWhenItIsNewEnough() throws Exception {
        Path home = jdk("new", "25.0.1");
        sandbox.with("JAVA_HOME", home.toString());
        assertThat(sandbox.run("native/find-jdk.sh")).isEqualTo(new Sandbox.Result(0, home + "\n"));
    }

    @Test
    void shouldPassOverAJavaHomeThatIsTooOld() throws Exception {
        Path home = jdk("old", "24.0.2");
        sandbox.with("JAVA_HOME", home.toString());
        Sandbox.Result found = sandbox.run("native/find-jdk.sh");
        assertThat(found.exitCode()).isZero();
        assertThat(found.output()).doesNotContain(home.toString());
    }

    @Test
    void shouldLookInTheUsualPlacesOfTheUser() throws Exception {
        // A release that no real JDK of this machine reaches.
        Path home = jdk(".sdkman/candidates/java/newest", "999");
        assertThat(sandbox.run("native/find-jdk.sh").output()).isEqualTo(home + "\n");
    }

    @Test
    void shouldSayInOneLineWhatToInstallWithoutAJdk() throws Exception {
        Sandbox.Result result = sandbox.run("make", "-s", "jdk", "JAVA_HOME=");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output().lines().findFirst().orElseThrow())
                .startsWith("No JDK 25 or later found: install one (Debian: temurin-25-jdk;");
    }

    @Test
    void shouldSayInOneLineWhatToInstallWithoutMaven() throws Exception {
        Path home = jdk("new", "25.0.1");
        Sandbox.Result result = sandbox.run("make", "-s", "jdk", "JAVA_HOME=" + home);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output().lines().findFirst().orElseThrow())
                .startsWith("Maven is not installed (Debian: apt install maven;");
    }

    @Test
    void shouldPrintItsTargetsByDefault() throws Exception {
        Sandbox.Result result = sandbox.run("make");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("make run", "make test", "make bench", "make native", "make clean");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Sandbox.executable(home.resolve("bin/javac"), "echo 'javac " + version + "'");
        return home;
    }
}
