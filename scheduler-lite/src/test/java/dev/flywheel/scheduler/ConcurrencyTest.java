package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many posters and several processes at once. */
class ConcurrencyTest {
    private static final int POSTERS = 8;
    private static final int MESSAGES_EACH = 60;
    private static final int PROCESSES = 5;

    @TempDir private Path directory;
    private StubGateway gateway;
    private Unit unit;

    @BeforeEach
    void start() {
        gateway = StubGateway.start();
        unit = Unit.start(Unit.options(directory, gateway.uri()));
    }

    @AfterEach
    void stop() {
        unit.close();
        gateway.close();
    }

    @Test
    void shouldKeepEveryLogWholeUnderManyPosters() throws Exception {
        List<DataItem> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(Unit.process(Keys.WALLET));
            unit.take(processes.get(i));
        }
        List<Future<Integer>> posters = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int poster = 0; poster < POSTERS; poster++) {
                Random random = new Random(poster);
                String name = "poster " + poster + " message ";
                posters.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < MESSAGES_EACH; i++) {
                                        Id process = processes.get(random.nextInt(PROCESSES)).id();
                                        unit.take(Unit.message(Keys.WALLET, process, name + i));
                                    }
                                    return MESSAGES_EACH;
                                }));
            }
        }
        for (Future<Integer> poster : posters) {
            assertThat(poster.get()).isEqualTo(MESSAGES_EACH);
        }
        int messages = 0;
        for (DataItem process : processes) {
            List<ScheduledEntry> log = unit.log(process.id());
            LogChecks.assertWhole(process.id(), log);
            messages += log.size() - 1;
        }
        assertThat(messages).isEqualTo(POSTERS * MESSAGES_EACH);
        assertThat(unit.scheduler().entriesInFlight()).isZero();
        assertThat(unit.scheduler().counters().scheduled()).isEqualTo(messages + PROCESSES);
    }

    @Test
    void shouldScheduleAMessageOnceThatManyPostAtOnce() throws Exception {
        DataItem process = Unit.process(Keys.WALLET);
        List<Integer> spawns = postAtOnce(process);
        assertThat(spawns).containsOnly(200);
        for (int round = 0; round < 5; round++) {
            List<Integer> statuses =
                    postAtOnce(Unit.message(Keys.WALLET, process.id(), "round " + round));
            assertThat(statuses).containsOnlyOnce(200).contains(400);
        }
        List<ScheduledEntry> log = unit.log(process.id());
        assertThat(log).hasSize(6);
        LogChecks.assertWhole(process.id(), log);
    }

    private List<Integer> postAtOnce(DataItem item) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Answer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < POSTERS; i++) {
                answers.add(
                        threads.submit(
                                () -> {
                                    go.await();
                                    return unit.post(item.bytes());
                                }));
            }
            go.countDown();
        }
        List<Integer> statuses = new ArrayList<>();
        for (Future<Answer> answer : answers) {
            statuses.add(answer.get().status());
        }
        return statuses;
    }
}
