package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.MemoryPicture;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.platform.http.Answer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints as the unit writes and uses them. */
class CheckpointTest {
    private static final long PATIENCE_NS = 20_000_000_000L;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();

    @SuppressWarnings("NullAway.Init") // each test starts its own
    private UnitUnderTest unit;

    private int every;

    @AfterEach
    void stop() {
        unit.close();
        network.close();
        assertThat(unit.guests.live).hasValue(0);
        assertThat(unit.guests.forks).hasValue(0);
    }

    /** A checkpoint after every so many messages. */
    private void start(int messages, int warm) {
        every = messages;
        unit =
                new UnitUnderTest(
                        network,
                        directory,
                        Settings.defaults()
                                .withProcessesWarm(warm)
                                .withCheckpoints(
                                        new CheckpointSettings(
                                                messages,
                                                Long.MAX_VALUE / 1_000_000,
                                                Long.MAX_VALUE,
                                                new RetentionPolicy(3, 2, 1_000, Map.of()))));
    }

    private TestLog evaluated(String name, int messages) throws Exception {
        TestLog log = TestLog.spawn(network, name);
        evaluate(log, messages);
        return log;
    }

    /** Waits for each checkpoint that is due, so that it is known which there are. */
    private List<String> evaluate(TestLog log, int count) throws Exception {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(log.message("m" + i));
            unit.result(log, messages.getLast());
            awaitWritten((i + 2) / every); // the process's own message is one, too
        }
        return messages;
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(directory.resolve("checkpoints"))) {
            return all.filter(Files::isRegularFile)
                    .sorted(Comparator.comparingLong(CheckpointTest::nonce))
                    .toList();
        }
    }

    private static long nonce(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('-', 1)));
    }

    @Test
    void shouldGoOnAfterARestartWithoutEvaluatingAgain() throws Exception {
        start(1_000, 10);
        TestLog log = evaluated("p", 5);
        unit.close();
        assertThat(files()).hasSize(1);
        start(1_000, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("7:next");
        assertThat(unit.guests.evaluations).hasValue(1);
        assertThat(unit.unit.counters().checkpoints().resumed()).isEqualTo(1);
    }

    @Test
    void shouldWriteOneAfterSoManyMessagesWhileTheProcessGoesOn() throws Exception {
        start(3, 10);
        TestLog log = evaluated("p", 10);
        assertThat(files().stream().map(CheckpointTest::nonce)).contains(2L, 5L, 8L);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("12:next");
    }

    private void awaitWritten(long count) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (unit.unit.counters().checkpoints().written() < count
                && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(unit.unit.counters().checkpoints().written()).isGreaterThanOrEqualTo(count);
    }

    @Test
    void shouldPutIdleProcessesToSleepAndWakeThem() throws Exception {
        start(1_000, 2);
        List<TestLog> logs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            logs.add(evaluated("p" + i, 2));
        }
        unit.guests.evaluations.set(0);
        for (int round = 0; round < 3; round++) {
            for (TestLog log : logs) {
                assertThat(unit.output(log, log.message("again"))).isEqualTo(4 + round + ":again");
            }
        }
        assertThat(unit.guests.evaluations).hasValue(18);
    }

    @Test
    void shouldUseTheOneBeforeWhenTheLastIsDamaged() throws Exception {
        start(3, 10);
        TestLog log = evaluated("p", 10);
        unit.close();
        Path last = files().getLast();
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length / 2] ^= 1;
        Files.write(last, bytes);
        start(3, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("12:next");
        assertThat(unit.guests.evaluations.get()).isBetween(2, 4);
        assertThat(unit.unit.counters().replayDifferences()).isZero();
    }

    @Test
    void shouldReplayTheLogWhenAllAreDamaged() throws Exception {
        start(3, 10);
        TestLog log = evaluated("p", 10);
        unit.close();
        for (Path file : files()) {
            Files.write(file, new byte[100]);
        }
        start(3, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("12:next");
        assertThat(unit.guests.evaluations).hasValue(12);
    }

    @Test
    void shouldEvaluateAgainWhatHasNoResult() throws Exception {
        start(3, 10);
        TestLog log = TestLog.spawn(network, "p");
        String first = log.message("a");
        unit.result(log, first);
        for (int i = 0; i < 8; i++) {
            unit.result(log, log.message("m" + i));
        }
        unit.close();
        try (var results = Files.list(directory.resolve("results"))) {
            for (Path file : results.toList()) {
                Files.delete(file);
            }
        }
        start(3, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("11:next");
        assertThat(unit.output(log, first)).isEqualTo("2:a");
        Answer list = unit.get("/results/" + log.id + "?limit=100");
        assertThat(UnitUnderTest.json(list).path("edges")).hasSize(11);
    }

    @Test
    void shouldLookBackFromACheckpoint() throws Exception {
        start(3, 10);
        TestLog log = TestLog.spawn(network, "p");
        List<String> messages = evaluate(log, 10);
        unit.guests.evaluations.set(0);
        Answer answer = unit.dryRun(log, "&to=" + messages.get(6), Map.of(), "q");
        assertThat(UnitUnderTest.json(answer).at("/Output/data").asString()).isEqualTo("9:q");
        assertThat(unit.guests.evaluations.get()).isBetween(1, 2);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("12:next");
        assertThat(unit.get("/results/" + log.id + "?limit=100").text()).doesNotContain(":q");
    }

    @Test
    void shouldGoOnWhenCheckpointsCannotBeWritten() throws Exception {
        start(2, 10);
        TestLog log = evaluated("p", 1);
        Path mine = directory.resolve("checkpoints").resolve(log.id.toString().substring(0, 2));
        unit.close();
        try (var all = Files.walk(mine)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
        Files.write(mine, new byte[0]); // a file where a directory must be
        start(2, 10);
        for (int i = 0; i < 6; i++) {
            assertThat(unit.output(log, log.message("x"))).isEqualTo(3 + i + ":x");
        }
        assertThat(unit.unit.counters().checkpoints().failed()).isPositive();
        Files.delete(mine);
    }

    /** Writes the newest checkpoint again, with a number of its cron clock that is none. */
    private void writeWithoutCronNumber(TestLog log) throws IOException {
        CheckpointStore store =
                CheckpointStore.open(
                        directory.resolve("checkpoints"),
                        new RetentionPolicy(3, 2, 1_000, Map.of()));
        CheckpointOrigin origin =
                new CheckpointOrigin(
                        log.id,
                        TestNetwork.MODULE,
                        TestNetwork.MODULE_TAGS.firstOr("Module-Format", ""),
                        "counting");
        Checkpoint newest = store.newest(origin, Long.MAX_VALUE).orElseThrow();
        MemorySegment memory = Arena.ofAuto().allocate(CountingEvaluator.MEMORY_BYTES);
        StateTree tree = newest.restoreInto(memory);
        CheckpointPlace place = newest.manifest().place();
        SequencedMap<String, String> extras = new LinkedHashMap<>(place.extras());
        assertThat(extras.put("cron.leftMs", "x")).isNotNull();
        store.write(
                new CheckpointState(
                        origin,
                        new CheckpointPlace(
                                place.nonce(),
                                place.assignmentId(),
                                place.hashChain(),
                                place.timestamp(),
                                place.blockHeight(),
                                place.cronCount(),
                                extras),
                        newest.manifest().globals()),
                new MemoryPicture(memory, tree, new PageSet()),
                null);
    }

    @Test
    void shouldUseTheOneBeforeWhenTheCronClockOfTheLastIsNoNumber() throws Exception {
        start(3, 10);
        TestLog log = evaluated("p", 10);
        unit.close();
        writeWithoutCronNumber(log);
        start(3, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("12:next");
        assertThat(unit.guests.evaluations).hasValue(1);
        assertThat(unit.guests.live).hasValue(1);
        assertThat(unit.unit.counters().checkpoints().resumed()).isEqualTo(1);
    }

    @Test
    void shouldReplayTheLogWhenTheCronClockOfTheOnlyOneIsNoNumber() throws Exception {
        start(1_000, 10);
        TestLog log = evaluated("p", 5);
        unit.close();
        Path good = files().getLast();
        writeWithoutCronNumber(log);
        Files.delete(good);
        assertThat(files()).hasSize(1);
        start(1_000, 10);
        assertThat(unit.output(log, log.message("next"))).isEqualTo("7:next");
        assertThat(unit.guests.evaluations).hasValue(7);
        assertThat(unit.guests.live).hasValue(1);
    }

    /** Lets the store of results fail, or not any more. */
    private void sql(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + directory.resolve("results/results.db"));
                Statement each = connection.createStatement()) {
            each.execute(statement);
        }
    }

    @Test
    void shouldWriteNoneOfResultsThatAreLost() throws Exception {
        start(4, 10);
        TestLog log = TestLog.spawn(network, "p");
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            messages.add(log.message("m" + i));
            unit.result(log, messages.getLast());
        }
        sql(
                "create trigger lose before insert on result when new.nonce > 2"
                        + " begin select raise(abort, 'lost on purpose'); end");
        for (int i = 2; i < 8; i++) {
            messages.add(log.message("m" + i)); // enough for one that is due
        }
        assertThat(unit.result(log, messages.getLast()).text()).contains("lost on purpose");
        unit.clock.advance(UnitLimits.STORE_PAUSE_MS);
        Answer past = unit.dryRun(log, "&to=" + messages.getFirst(), Map.of(), "q");
        assertThat(UnitUnderTest.json(past).at("/Output/data").asString()).isEqualTo("3:q");
        assertThat(unit.result(log, messages.getLast()).text()).contains("lost on purpose");
        unit.close(); // all that was begun is written
        assertThat(files().stream().map(CheckpointTest::nonce)).allMatch(nonce -> nonce <= 2);
        sql("drop trigger lose");
        start(4, 10);
        for (int i = messages.size() - 1; i >= 0; i--) {
            assertThat(unit.output(log, messages.get(i))).isEqualTo(i + 2 + ":m" + i);
        }
    }
}
