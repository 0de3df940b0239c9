package dev.flywheel.cu.guest.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process takes, also on systems that tell it in another way. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessUsageTest {
    private static final ProcessHandle SELF = ProcessHandle.current();
    private static final String PID = Long.toString(SELF.pid());

    @TempDir Path noProc;

    private ProcessUsage asking(String... ps) {
        return new ProcessUsage(SELF, noProc, List.of(ps));
    }

    /** A command that is given the number of the process as $1. */
    private ProcessUsage asking(String script) {
        return asking("sh", "-c", script, "sh");
    }

    @Test
    void shouldReadWhatTheSystemTells() {
        assertThat(new ProcessUsage(SELF).residentBytes()).isBetween(8L << 20, 1L << 40);
        assertThat(new ProcessUsage(SELF).cpuMs()).isPositive();
    }

    @Test
    void shouldReadWhatACommandTells() {
        assertThat(asking("test $1 = " + PID + " && echo '  4711 '").residentBytes())
                .isEqualTo(4711L << 10);
        assertThat(asking("echo no such process; exit 1").residentBytes()).isZero();
        assertThat(asking("exit 0").residentBytes()).isZero();
        assertThat(asking(noProc.resolve("no-such-program").toString(), "-p").residentBytes())
                .isZero();
        assertThat(asking("exit 0").everyMs()).isEqualTo(CompileLimits.WATCH_SLOWLY_MS);
    }

    @Test
    @Timeout(30)
    void shouldNotWaitForACommandThatHangsAndEndIt() throws Exception {
        Path started = noProc.resolve("started");
        long start = System.nanoTime();
        assertThat(asking("echo $$ > " + started + "; exec sleep 600").residentBytes()).isZero();
        assertThat((System.nanoTime() - start) / 1_000_000)
                .isBetween(CompileLimits.PS_MS, 10 * CompileLimits.PS_MS);
        long pid = Long.parseLong(Files.readString(started).strip());
        ProcessHandle.of(pid).ifPresent(left -> left.onExit().join());
    }

    @Test
    @Timeout(30)
    void shouldNotWaitForACommandThatWritesWithoutEnd() {
        assertThat(asking("exec yes").residentBytes()).isZero();
    }
}
