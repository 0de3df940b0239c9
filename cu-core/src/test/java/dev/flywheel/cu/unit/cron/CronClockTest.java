package dev.flywheel.cu.unit.cron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.cu.unit.peer.Peers;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.Tags;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ticks, with the blocks of a gateway. */
class CronClockTest {
    private static final long ORIGIN_HEIGHT = 123_455;
    private static final long ORIGIN_MS = 1_700_000_000_500L;

    private final TreeMap<Long, Long> chain = new TreeMap<>();
    private final AtomicInteger queries = new AtomicInteger();
    private final Peers peers = new Peers(InstantSource.system());
    private HttpEdge gateway;
    private BlockTimes blocks;

    @BeforeEach
    void start() {
        gateway =
                HttpEdge.start(
                        "gateway",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        new Routes()
                                .post(
                                        "/graphql",
                                        (request, params) ->
                                                CompletableFuture.completedFuture(
                                                        page(request.body()))));
        blocks =
                new BlockTimes(
                        new Gateway(URI.create("http://127.0.0.1:" + gateway.port()), peers),
                        InstantSource.system());
    }

    @AfterEach
    void stop() {
        peers.close();
        gateway.close();
    }

    private Response page(byte[] body) {
        queries.incrementAndGet();
        var variables = Json.MAPPER.readTree(body).path("variables");
        int limit = variables.path("limit").intValue();
        List<String> edges = new ArrayList<>();
        var from = chain.tailMap(variables.path("min").longValue());
        from.entrySet().stream()
                .limit(limit)
                .forEach(
                        block ->
                                edges.add(
                                        "{\"node\":{\"height\":%d,\"timestamp\":%d}}"
                                                .formatted(
                                                        block.getKey(), block.getValue() / 1000)));
        return Response.json(
                200,
                "{\"data\":{\"blocks\":{\"pageInfo\":{\"hasNextPage\":%b},\"edges\":[%s]}}}"
                        .formatted(from.size() > limit, String.join(",", edges)));
    }

    private CronClock clock(String... intervals) {
        String[] tags = new String[intervals.length * 2];
        for (int i = 0; i < intervals.length; i++) {
            tags[2 * i] = "Cron-Interval";
            tags[2 * i + 1] = intervals[i];
        }
        return new CronClock(CronSchedule.of(Tags.ofPairs(tags)), blocks, ORIGIN_HEIGHT, ORIGIN_MS);
    }

    private static List<String> ticks(CronClock clock, long until) {
        List<String> ticks = new ArrayList<>();
        for (var tick = clock.next(until); tick != null; tick = clock.next(until)) {
            ticks.add(
                    tick.name()
                            + "@"
                            + (tick.timestamp() - ORIGIN_MS)
                            + "#"
                            + (tick.blockHeight() - ORIGIN_HEIGHT));
        }
        return ticks;
    }

    @Test
    void shouldTickEachIntervalAfterTheOriginSecond() {
        CronClock clock = clock("2-seconds");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 6_500))
                .containsExactly("0-2-seconds@2000#0", "0-2-seconds@4000#0", "0-2-seconds@6000#0");
        assertThat(ticks(clock, ORIGIN_MS + 6_500)).isEmpty();
    }

    @Test
    void shouldCarryTheMillisecondsOfTheEntryBefore() {
        CronClock clock = clock("2-seconds");
        clock.entry(ORIGIN_MS + 3_111, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 7_000))
                .containsExactly("0-2-seconds@4111#0", "0-2-seconds@6111#0");
    }

    @Test
    void shouldTickShorterIntervalsFirstAndNumberEachOfThem() {
        CronClock clock = clock("4-seconds", "2-seconds", "2-seconds");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 4_001))
                .containsExactly(
                        "0-2-seconds@2000#0",
                        "1-2-seconds@2000#0",
                        "0-2-seconds@4000#0",
                        "1-2-seconds@4000#0",
                        "2-4-seconds@4000#0");
    }

    @Test
    void shouldTickByBlocksBeforeTimeAndCountTheirHeight() {
        for (int i = 0; i <= 12; i++) {
            chain.put(ORIGIN_HEIGHT + i, (ORIGIN_MS - 500) + i * 3_000L);
        }
        blocks.ensure(ORIGIN_HEIGHT, ORIGIN_MS + 40_000);
        CronClock clock = clock("5-blocks", "15-seconds");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 40_000))
                .containsExactly(
                        "0-5-blocks@14500#5",
                        "0-15-seconds@15000#5",
                        "0-5-blocks@29500#10",
                        "0-15-seconds@30000#10");
    }

    @Test
    void shouldNotTickTwiceInASecondThatTwoEntriesShare() {
        CronClock clock = clock("2-seconds");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 2_100)).containsExactly("0-2-seconds@2000#0");
        clock.entry(ORIGIN_MS + 2_100, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 4_000)).isEmpty();
        assertThat(ticks(clock, ORIGIN_MS + 4_200)).containsExactly("0-2-seconds@4100#0");
    }

    @Test
    void shouldGiveTheSameTicksWhereverItPauses() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long end = ORIGIN_MS + 600_000;
        long at = ORIGIN_MS;
        for (long height = ORIGIN_HEIGHT + 1; at < end; height++) {
            at += 1_000 + random.nextInt(20_000);
            chain.put(height, at / 1000 * 1000);
        }
        blocks.ensure(ORIGIN_HEIGHT, end);
        String[] intervals = {"3-seconds", "7-seconds", "2-blocks", "1-minute"};
        CronClock whole = clock(intervals);
        CronClock paused = clock(intervals);
        whole.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        paused.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        List<String> inParts = new ArrayList<>();
        for (long until = ORIGIN_MS; until < end; until += 1 + random.nextInt(9_000)) {
            inParts.addAll(ticks(paused, until));
        }
        inParts.addAll(ticks(paused, end));
        List<String> all = ticks(whole, end);
        assertThat(inParts).as("seed=" + seed).isEqualTo(all);
        assertThat(all).hasSizeGreaterThan(200);
    }

    @Test
    void shouldStepOverYearsOfIdlenessWithoutLookingAtEachSecond() {
        CronClock clock = clock("1-year");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        assertThat(ticks(clock, ORIGIN_MS + 1_000L * 365 * 86_400_000)).hasSize(999);
    }

    @Test
    void shouldGiveATickAgainThatWasGivenBack() {
        CronClock clock = clock("2-seconds");
        clock.entry(ORIGIN_MS, ORIGIN_HEIGHT);
        var tick = Objects.requireNonNull(clock.next(ORIGIN_MS + 5_000));
        clock.giveBack(tick);
        assertThat(clock.next(ORIGIN_MS + 5_000)).isEqualTo(tick);
    }

    @Test
    void shouldReadBlocksInPagesAndAskOnlyForWhatIsMissing() {
        for (int i = 0; i < 300; i++) {
            chain.put(ORIGIN_HEIGHT + i, ORIGIN_MS + i * 1_000L);
        }
        blocks.ensure(ORIGIN_HEIGHT + 100, ORIGIN_MS + 250_000);
        assertThat(queries).hasValue(2);
        blocks.ensure(ORIGIN_HEIGHT + 100, ORIGIN_MS + 200_000);
        assertThat(queries).hasValue(2);
        blocks.ensure(ORIGIN_HEIGHT, ORIGIN_MS + 200_000);
        assertThat(queries).hasValue(4);
        assertThat(blocks.after(ORIGIN_HEIGHT, 0)).isNotNull();
        assertThat(blocks.after(ORIGIN_HEIGHT + 299, 0)).isNull();
    }
}
