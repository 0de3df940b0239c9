package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * {@code kill -9} of a unit while it stands at a stage of its work, again and again on the same
 * directory. Whatever the stage: after the restart all results and the hashes of all states are
 * those of a unit that evaluated the same logs from their start, without checkpoints.
 *
 * <p>The usual build kills once at each stage. The long mode kills at random ones, also before what
 * the kill before left was looked at: {@code -Dsurefire.extra.args="-Dkills=500 -Dkills.seed=7"}.
 */
class KilledAtStagesTest {
    private static final Logger LOG = LoggerFactory.getLogger(KilledAtStagesTest.class);
    private static final int KILLS = Integer.getInteger("kills", 0);
    private static final long SEED = Long.getLong("kills.seed", 20_261_128);

    private static final List<KillStage> STAGES = List.of(KillStage.values());

    /** Kills of one directory and its logs: enough for old files to play a part. */
    private static final int KILLS_AN_EPISODE = 40;

    /** Messages within which a stage is reached, or is not there to be reached. */
    private static final int MESSAGES_MAX = 120;

    /** Requests under way at once: more processes at work than there is room for. */
    private static final int REQUESTS = 4;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private final Random random = new Random(SEED);
    private final Map<KillStage, Integer> kills = new EnumMap<>(KillStage.class);
    private Id aos = TestNetwork.MODULE;
    private Id toucher = TestNetwork.MODULE;

    @BeforeEach
    void publish() throws IOException {
        aos = publish(Aos.module("aos"));
        try (InputStream in =
                KilledAtStagesTest.class.getResourceAsStream(
                        "/dev/flywheel/guests/64/toucher.wasm")) {
            toucher = publish(Objects.requireNonNull(in).readAllBytes());
        }
    }

    private Id publish(byte[] wasm) {
        Id module = Id.sha256(wasm);
        network.put(new TestNetwork.Item(module, "module-owner", TestNetwork.MODULE_TAGS, wasm));
        return module;
    }

    @AfterEach
    void stop() {
        network.close();
    }

    @Test
    void shouldHaveTheStateOfAPureReplayAfterEachKill() throws Exception {
        LOG.info("seed={} kills={}", SEED, KILLS == 0 ? STAGES.size() : KILLS);
        if (KILLS == 0) {
            try (Episode episode = new Episode(0)) {
                // What an interrupted write left comes after it.
                episode.kill(KillStage.FRAMES, 1, false);
                episode.kill(KillStage.DRAFT_FOUND, 1, true);
                for (KillStage stage : STAGES) {
                    if (!kills.containsKey(stage)) {
                        episode.kill(stage, 1, false);
                    }
                }
                episode.end();
            }
            assertThat(kills.keySet()).containsExactlyInAnyOrderElementsOf(STAGES);
            return;
        }
        for (int done = 0; done < KILLS; ) {
            try (Episode episode = new Episode(done)) {
                for (int i = 0; i < KILLS_AN_EPISODE && done < KILLS; i++, done++) {
                    KillStage stage = episode.anyStage();
                    int times = stage.isAtClose() ? 1 : 1 + random.nextInt(3);
                    episode.kill(stage, times, random.nextInt(3) == 0);
                }
                episode.end();
            }
            LOG.info("seed={} kills={} atStages={}", SEED, done, kills);
        }
        if (KILLS >= 500) {
            assertThat(kills.keySet()).containsExactlyInAnyOrderElementsOf(STAGES);
        }
    }

    /** A message that was sent, and where. */
    private record Sent(TestLog log, String message) {}

    /** One directory with the logs of its processes, and the unit that never has to restart. */
    private final class Episode implements AutoCloseable {
        private final Path data;
        private final int chains = 1 + random.nextInt(2);
        private final UnitUnderTest pure;
        private final List<TestLog> logs = new ArrayList<>();
        private final List<Sent> all = new ArrayList<>();

        /** How many of them were compared. */
        private int compared;

        private int number;
        private long resumed;
        private String history = "";

        Episode(int first) throws Exception {
            data = Files.createDirectories(directory.resolve("killed" + first));
            Path own = Files.createDirectories(directory.resolve("pure" + first));
            // Compiled once only.
            Path compiled = directory.resolve("pure0").resolve("modules");
            copy(compiled, own.resolve("modules"));
            pure = UnitUnderTest.onEngine(network, own, withoutCheckpoints());
            Tag ofAos = new Tag("Module", aos.toString());
            logs.add(TestLog.spawn(network, "a" + first, ofAos));
            logs.add(TestLog.spawn(network, "b" + first, ofAos));
            logs.add(
                    TestLog.spawn(
                            network,
                            "cron" + first,
                            ofAos,
                            new Tag("Cron-Interval", "10-seconds"),
                            new Tag("Cron-Tag-Action", "Tick")));
            logs.add(
                    TestLog.spawn(network, "pages" + first, new Tag("Module", toucher.toString())));
            for (TestLog log : logs) {
                assertThat(pure.result(log, log.id.toString()).status()).isEqualTo(200);
            }
            copy(compiled, data.resolve("modules"));
        }

        private static void copy(Path from, Path to) throws IOException {
            if (from.equals(to) || !Files.exists(from)) {
                return;
            }
            try (Stream<Path> files = Files.walk(from)) {
                for (Path each : files.toList()) {
                    Files.copy(each, to.resolve(from.relativize(each)));
                }
            }
        }

        private static ComputeUnitOptions.Settings withoutCheckpoints() {
            return ComputeUnitOptions.Settings.defaults()
                    .withProcessesWarm(1_000)
                    .withCheckpoints(
                            new CheckpointSettings(
                                    Long.MAX_VALUE,
                                    Long.MAX_VALUE / 1_000_000,
                                    Long.MAX_VALUE,
                                    CheckpointSettings.defaults().retention()));
        }

        KillStage anyStage() throws IOException {
            while (true) {
                KillStage stage = STAGES.get(random.nextInt(STAGES.size()));
                if (stage != KillStage.DRAFT_FOUND || hasDraft()) {
                    return stage;
                }
            }
        }

        private boolean hasDraft() throws IOException {
            return !checkpoints(".tmp").isEmpty();
        }

        private List<Path> checkpoints(String end) throws IOException {
            Path checkpoints = data.resolve("checkpoints");
            if (!Files.exists(checkpoints)) {
                return List.of();
            }
            try (Stream<Path> files = Files.walk(checkpoints)) {
                return files.filter(each -> each.toString().endsWith(end)).toList();
            }
        }

        /**
         * A life of the unit, up to the kill.
         *
         * @param atOnce the stage may come before anything was compared
         */
        void kill(KillStage stage, int times, boolean atOnce) throws Exception {
            String armed = stage + " " + times;
            boolean fromStart = atOnce || stage == KillStage.DRAFT_FOUND;
            history += "%s%s, ".formatted(armed, fromStart ? " from the start" : "");
            try (KilledUnit unit =
                    new KilledUnit(data, network.url(), chains, fromStart ? armed : null)) {
                if (unit.awaitStart()) {
                    if (!fromStart) {
                        compare(unit);
                        unit.arm(armed);
                    }
                    work(unit, stage);
                }
                if (unit.isReached()) {
                    kills.merge(stage, 1, Integer::sum);
                } else {
                    LOG.info("not reached in time stage={} times={}", stage, times);
                }
                unit.kill();
            }
        }

        /** Sends messages until the stage is reached. */
        private void work(KilledUnit unit, KillStage stage) throws Exception {
            int messages = stage.isAtClose() ? 5 + random.nextInt(10) : MESSAGES_MAX;
            List<Running> running = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                Sent sent = send(stage);
                running.add(
                        new Running(
                                sent,
                                unit.getAsync(UnitUnderTest.resultPath(sent.log, sent.message))));
                if (running.size() == REQUESTS && !running.removeFirst().isAnswered(unit)) {
                    return;
                }
            }
            for (Running each : running) {
                if (!each.isAnswered(unit)) {
                    return;
                }
            }
            unit.closeUnit();
        }

        private record Running(Sent sent, CompletableFuture<Answer> answer) {
            boolean isAnswered(KilledUnit unit) throws Exception {
                if (!unit.await(answer)) {
                    return false;
                }
                assertThat(answer.get().status())
                        .as("%s %s %s", sent, answer.get().text(), unit.lines())
                        .isEqualTo(200);
                return true;
            }
        }

        private Sent send(KillStage stage) {
            int which = random.nextInt(logs.size());
            TestLog log = logs.get(which);
            number++;
            String message;
            if (which == logs.size() - 1) {
                message =
                        log.message(
                                "",
                                new Tag("Action", random.nextInt(4) == 0 ? "Sum" : "Touch"),
                                new Tag("First", Integer.toString(random.nextInt(3_000))),
                                new Tag("Pages", Integer.toString(1 + random.nextInt(200))),
                                new Tag("Stride", Integer.toString(1 + random.nextInt(3))));
            } else {
                log.pass(random.nextInt(15_000)); // a cron message or two in between
                message = log.eval(random.nextInt(10) == 0 ? "error('no')" : program(stage));
            }
            Sent sent = new Sent(log, message);
            all.add(sent);
            return sent;
        }

        private String program(KillStage stage) {
            // Long enough for the kill to meet it.
            int loops = stage == KillStage.EVALUATING ? 2_000_000 : 10;
            return ("n = (n or 0) + 1 t = t or {} t[n %% 50] = string.rep('%d ', 200)"
                            + " for i = 1, %d do last = i end return n .. ' ' .. #table.concat(t)")
                    .formatted(number, loops);
        }

        /** Compares what was not compared yet with the pure replay. */
        private void compare(KilledUnit unit) throws Exception {
            String what = "seed=%d chains=%d kills: %s".formatted(SEED, chains, history);
            for (TestLog log : logs) {
                // Of that entry: "now" may be the state before an evaluation that takes long.
                String path = "/state-hash/" + log.id + "?to=" + (log.entries().size() - 1);
                JsonNode expected = UnitUnderTest.json(pure.get(path));
                assertThat(expected.has("stateHash")).as(expected.toString()).isTrue();
                assertThat(UnitUnderTest.json(unit.get(path))).as(what).isEqualTo(expected);
            }
            for (Sent each : all.subList(compared, all.size())) {
                String path = UnitUnderTest.resultPath(each.log, each.message);
                assertThat(unit.get(path).text())
                        .as("%s of %s after %s", each.message, each.log.id, what)
                        .isEqualTo(pure.get(path).text());
            }
            compared = all.size();
            for (TestLog log : logs) { // with what was answered; lists do not wait for more
                String list = "/results/" + log.id + "?limit=1000";
                assertThat(unit.get(list).text()).as(what).isEqualTo(pure.get(list).text());
            }
            long[] counters = unit.counters();
            assertThat(counters[0]).as("replays that differ after %s", what).isZero();
            resumed += counters[1];
        }

        /** Compares all, the files' number too. */
        void end() throws Exception {
            compared = 0;
            try (KilledUnit unit = new KilledUnit(data, network.url(), chains, null)) {
                assertThat(unit.awaitStart()).isTrue();
                compare(unit);
                assertThat(unit.closeUnit()).isTrue();
            }
            assertThat(hasDraft()).as(history).isFalse();
            // What a kill left between others is removed with the next full one.
            assertThat(checkpoints(".checkpoint"))
                    .hasSizeLessThanOrEqualTo(logs.size() * (chains + 1) * (StagedUnit.DELTAS + 1));
            assertThat(resumed).isPositive();
            assertThat(pure.unit.counters().checkpoints().resumed()).isZero();
            LOG.info("chains={} messages={} resumed={}", chains, all.size(), resumed);
        }

        @Override
        public void close() {
            pure.close();
        }
    }
}
