package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends a JVM that runs Wasmtime carelessly, done in child JVMs: each lives. */
class JvmKillersTest {

    @TempDir Path folder;

    @Test
    void shouldRefuseThreadsWhoseStackIsTooSmall() throws Exception {
        ChildJvm.Result result = run("smallThread");
        assertThat(result.output())
                .contains("refused: thread's stack is too small for guests: thread=small")
                .contains("refused: thread's stack is too small for guests: thread=mib")
                .doesNotContain("not refused");
    }

    @Test
    void shouldTrapDeepRecursionOnTheSmallestThreadThatIsAllowed() throws Exception {
        run("exactThread");
    }

    @Test
    void shouldCheckTheCarriersStackOfAVirtualThread() throws Exception {
        ChildJvm.Result result = run("virtualThread");
        assertThat(result.output()).containsAnyOf("thread's stack is too small", "(ran well)");
    }

    @Test
    void shouldLetNoThrowableEscapeFromAHostFunction() throws Exception {
        run("escape");
    }

    @Test
    void shouldNeverPassAnIllegalConfigurationToTheEngine() throws Exception {
        assertThat(run("configuration").output())
                .contains("refused: engine option out of range: maxWasmStackBytes=0");
    }

    @Test
    void shouldShareSignalsWithTheJvm() throws Exception {
        long seed = 20_261_124;
        assertThat(run("soak", Long.toString(seed)).output())
                .as("seed=%d", seed)
                .contains("seen true");
    }

    @Test
    void shouldShareSignalsWithTheJvmsSignalCheckOn() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(folder, JvmKillers.class, List.of("-Xcheck:jni"), "soak", "7");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.crashed()).isFalse();
    }

    private ChildJvm.Result run(String... arguments) throws IOException, InterruptedException {
        ChildJvm.Result result = ChildJvm.run(folder, JvmKillers.class, List.of(), arguments);
        assertThat(result.output()).endsWith("done\n");
        assertThat(result.exitCode()).isZero();
        assertThat(result.crashed()).isFalse();
        return result;
    }
}
