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
        assertThat(result.report()).hasSize(3);
        assertThat(result.report().get(0))
                .startsWith("refused: thread's stack is too small for guests: thread=small");
        assertThat(result.report().get(1))
                .startsWith("refused: thread's stack is too small for guests: thread=mib");
    }

    @Test
    void shouldTrapDeepRecursionOnTheSmallestThreadThatIsAllowed() throws Exception {
        run("exactThread");
    }

    @Test
    void shouldCheckTheCarriersStackOfAVirtualThread() throws Exception {
        ChildJvm.Result result = run("virtualThread");
        assertThat(result.report().getFirst())
                .containsAnyOf("thread's stack is too small", "(ran well)");
    }

    @Test
    void shouldLetNoThrowableEscapeFromAHostFunction() throws Exception {
        run("escape");
    }

    @Test
    void shouldNeverPassAnIllegalConfigurationToTheEngine() throws Exception {
        assertThat(run("configuration").report().getFirst())
                .startsWith("refused: engine option out of range: maxWasmStackBytes=0");
    }

    @Test
    void shouldRefuseAllUseAfterClose() throws Exception {
        List<String> report = run("afterClose").report();
        assertThat(report).hasSize(11);
        assertThat(report.subList(0, 10)).allMatch(line -> line.startsWith("refused: "));
    }

    @Test
    void shouldEitherServeOrRefuseWhileACloseRaces() throws Exception {
        assertThat(run("racingClose").report()).containsExactly("done");
    }

    @Test
    void shouldShareSignalsWithTheJvm() throws Exception {
        long seed = 20_261_124;
        assertThat(run("soak", Long.toString(seed)).report())
                .as("seed=%d", seed)
                .containsExactly("seen true", "seen true", "done");
    }

    @Test
    void shouldShareSignalsWithTheJvmsSignalCheckOn() throws Exception {
        assertEndedWell(
                ChildJvm.run(folder, JvmKillers.class, List.of("-Xcheck:jni"), "soak", "7"));
    }

    private ChildJvm.Result run(String... arguments) throws IOException, InterruptedException {
        ChildJvm.Result result = ChildJvm.run(folder, JvmKillers.class, List.of(), arguments);
        assertEndedWell(result);
        return result;
    }

    private static void assertEndedWell(ChildJvm.Result result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.crashed()).as(result.output()).isFalse();
        assertThat(result.report()).last().isEqualTo("done");
    }
}
