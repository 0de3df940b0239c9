package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many more aos processes than have an instance at once. {@code -Dprocesses.many=10000} takes as
 * many, and tells what they take.
 */
@EnabledOnOs(OS.LINUX) // /proc tells what is taken
class ManyProcessesTest {
    private static final Logger log = LoggerFactory.getLogger(ManyProcessesTest.class);
    private static final int PROCESSES = Integer.getInteger("processes.many", 40);
    private static final int WARM = 16;
    private static final int AT_ONCE = 4;

    /** What the kernel gives a program unless it is told otherwise is 65,530. */
    private static final int MAPPINGS_MAX = 30_000;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();

    @SuppressWarnings("NullAway.Init") // each test starts its own
    private UnitUnderTest unit;

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    /** What this program has now. */
    private record Taken(long residentKib, long mappings, long descriptors) {
        static Taken now() throws IOException {
            long resident = 0;
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    resident = Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"));
                    Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return new Taken(resident, maps.count(), open.count());
            }
        }
    }

    /** What it takes of the disk, holes not counted. */
    private long diskKib() throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-sk", directory.toString()).start();
        String said = new String(du.getInputStream().readAllBytes(), UTF_8);
        assertThat(du.waitFor()).as("du: %s", said).isZero();
        return Long.parseLong(said.split("\t", 2)[0]);
    }

    @Test
    void shouldAnswerAgainAfterSleeping() throws Exception {
        Id module = Id.sha256("aos".getBytes(UTF_8));
        network.put(
                new TestNetwork.Item(
                        module, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        unit =
                UnitUnderTest.onEngine(
                        network,
                        directory,
                        ComputeUnitOptions.Settings.defaults().withProcessesWarm(WARM));
        Taken before = Taken.now();
        List<TestLog> logs = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            logs.add(TestLog.spawn(network, "many" + i, new Tag("Module", module.toString())));
        }
        round("x = x or 0; x = x + 1; return x", "1", logs);
        Taken spawned = Taken.now();
        tell("spawned, one message each", before, spawned);
        round("x = x + 1; return x", "2", logs);
        Taken again = Taken.now();
        tell("woken, one more message each", before, again);
        MemoryCounters memory = unit.unit.counters().memory();
        assertThat(memory.woken()).isEqualTo(PROCESSES - warmAtMost());
        assertThat(unit.unit.counters().checkpoints().resumed()).isZero();
        assertThat(memory.refused()).isZero();
        assertThat(again.mappings()).isLessThan(MAPPINGS_MAX);
        assertThat(again.mappings()).isLessThan(spawned.mappings() + 50L * WARM);
        assertThat(again.descriptors()).isLessThan(spawned.descriptors() + 3L * WARM + 50);
    }

    /** Those that still had their instance: none, when all were asked in turn. */
    private static int warmAtMost() {
        return PROCESSES > 2 * WARM ? 0 : WARM;
    }

    private void round(String code, String expected, List<TestLog> logs) throws Exception {
        long start = System.nanoTime();
        Deque<CompletableFuture<Answer>> waiting = new ArrayDeque<>();
        int done = 0;
        for (TestLog each : logs) {
            waiting.add(unit.resultAsync(each, each.eval(code)));
            if (waiting.size() == AT_ONCE) {
                check(waiting.remove().get(), expected);
                if (++done % 1000 == 0) {
                    log.info("answered={} ms={}", done, (System.nanoTime() - start) / 1_000_000);
                }
            }
        }
        for (CompletableFuture<Answer> each : waiting) {
            check(each.get(), expected);
        }
        log.info(
                "processes={} answered {} msEach={}",
                logs.size(),
                expected,
                (System.nanoTime() - start) / 1e6 / logs.size());
    }

    private static void check(Answer answer, String expected) {
        assertThat(UnitUnderTest.json(answer).at("/Output/data").asString())
                .as(answer.text())
                .isEqualTo(expected);
    }

    private void tell(String what, Taken before, Taken now)
            throws IOException, InterruptedException {
        MemoryCounters memory = unit.unit.counters().memory();
        log.info(
                "{}: processes={} residentMiB={} (before them {}), a process residentKiB={} mappings={} descriptors={}"
                        + " diskMiB={} of it checkpoints={} asleep={}, a process asleep diskKiB={}",
                what,
                PROCESSES,
                now.residentKib() >> 10,
                before.residentKib() >> 10,
                (now.residentKib() - before.residentKib()) / PROCESSES,
                now.mappings(),
                now.descriptors(),
                diskKib() >> 10,
                memory.diskBytes() >> 20,
                memory.sleepBytes() >> 20,
                (memory.sleepBytes() >> 10) / PROCESSES);
    }
}
