package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.Cursor;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.ItemBuilder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Cron results of monitored processes (spec 6.8). */
class MonitorTest extends NetworkTest {
    private final String alice = process();
    private final String bob = process();

    private Answer monitor(String method, DataItem item) throws Exception {
        return send(method, "/monitor/" + alice, OCTETS, item.bytes());
    }

    private void monitor() throws Exception {
        Answer answer = monitor("POST", TestItems.bare(alice));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("Monitoring process");
    }

    private static String cursor(long timestamp) {
        return new Cursor(timestamp, "0", "0-10-blocks", "ASC").encode();
    }

    private static String tick(String target, String data) {
        return new Results().message(target, data).json();
    }

    private List<String> delivered() {
        return su.scheduledFor(bob).stream().map(DataItem::dataText).toList();
    }

    @Test
    void shouldPushEachCronResultOnceFromTheNewestOn() throws Exception {
        String newest = cursor(1);
        String second = cursor(2);
        String third = cursor(3);
        cu.newest = TestCompute.page(newest, Results.EMPTY);
        cu.cron =
                from -> {
                    if (newest.equals(from)) {
                        return TestCompute.page(second, tick(bob, "a"), third, tick(bob, "b"))
                                .replace("false", "true");
                    }
                    return TestCompute.page();
                };
        start();
        monitor();
        waiting.until("both", () -> su.scheduledFor(bob).size() == 2);
        long asked = cu.asked.size();
        waiting.until("further looks", () -> cu.asked.size() > asked + 3);
        assertThat(delivered()).containsExactlyInAnyOrder("a", "b");
        DataItem item = su.scheduledFor(bob).getFirst();
        assertThat(item.tags().has("Pushed-For")).isFalse();
        assertThat(item.tags().first("From-Process")).isEqualTo(alice);
        assertThat(cu.asked)
                .containsOnlyOnce(
                        "/results/%s?sort=DESC&limit=1&processId=%s".formatted(alice, alice));
        assertThat(cu.asked.get(1)).startsWith("/cron/" + alice + "?from=").endsWith("&limit=50");
        assertThat(cu.asked.getLast())
                .contains(
                        java.net.URLEncoder.encode(third, java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void shouldBeginAtTheFirstCronResultWhenThereIsNoResult() throws Exception {
        cu.cron =
                from ->
                        from == null
                                ? TestCompute.page(cursor(5), tick(bob, "first"))
                                : TestCompute.page();
        start();
        monitor();
        waiting.until("the first", () -> su.scheduledFor(bob).size() == 1);
        assertThat(cu.asked).contains("/cron/" + alice + "?limit=50");
    }

    @Test
    void shouldRefuseAsTheReferenceDoes() throws Exception {
        start();
        Answer empty = send("POST", "/monitor/" + alice, OCTETS, new byte[0]);
        assertThat(empty.status()).isEqualTo(400);
        assertThat(empty.text()).isEqualTo("Signed data item is required");
        byte[] forged = TestItems.bare(alice).bytes().clone();
        forged[10] ^= 1;
        assertThat(send("POST", "/monitor/" + alice, OCTETS, forged).status()).isEqualTo(500);
        Answer unknown = monitor("DELETE", TestItems.bare(alice));
        assertThat(unknown.status()).isEqualTo(500);
        assertThat(unknown.text()).isEqualTo("{\"error\":\"Process monitor not found\"}");
        monitor();
        Answer again = monitor("POST", TestItems.bare(alice));
        assertThat(again.status()).isEqualTo(500);
        assertThat(again.text()).isEqualTo("{\"error\":\"Process already being monitored\"}");
        assertThat(messenger().counters().monitors()).isEqualTo(1);
    }

    @Test
    void shouldStopForTheWalletThatStartedIt() throws Exception {
        start();
        monitor();
        waiting.until("a look", () -> !cu.asked.isEmpty());
        DataItem stranger =
                new ItemBuilder()
                        .target(alice)
                        .data(" ")
                        .sign(EthereumKey.generate(new SecureRandom()));
        assertThat(monitor("DELETE", stranger).status()).isEqualTo(403);
        Answer stopped = monitor("DELETE", TestItems.bare(alice));
        assertThat(stopped.status()).isEqualTo(200);
        assertThat(stopped.text()).isEqualTo("Process deleted");
        assertThat(messenger().counters().monitors()).isZero();
        monitor();
    }

    @Test
    void shouldGoOnAfterARestartWhereItWas() throws Exception {
        long now = System.currentTimeMillis();
        String first = cursor(now);
        String second = cursor(now + 1);
        cu.cron =
                from ->
                        from == null
                                ? TestCompute.page(first, tick(bob, "a"))
                                : from.equals(first)
                                        ? TestCompute.page(second, tick(bob, "b"))
                                        : TestCompute.page();
        start();
        monitor();
        waiting.until("both", () -> su.scheduledFor(bob).size() == 2);
        awaitQuiet();
        stop();
        cu.asked.clear();
        start();
        assertThat(messenger().counters().monitors()).isEqualTo(1);
        waiting.until("looks", () -> cu.asked.size() > 3);
        assertThat(cu.asked).noneMatch(path -> path.startsWith("/results"));
        assertThat(delivered()).containsExactlyInAnyOrder("a", "b");
        assertThat(monitor("DELETE", TestItems.bare(alice)).status()).isEqualTo(200);
        stop();
        start();
        assertThat(messenger().counters().monitors()).isZero();
    }

    @Test
    void shouldForgetACursorThatIsTooOldAtStart() throws Exception {
        SetClock clock = new SetClock();
        String old = cursor(clock.millis());
        cu.newest = TestCompute.page(old, Results.EMPTY);
        start(quick(), clock);
        monitor();
        waiting.until("a look", () -> cu.asked.stream().anyMatch(path -> path.startsWith("/cron")));
        stop();
        cu.asked.clear();
        clock.advance(Duration.ofHours(25));
        start(quick(), clock);
        waiting.until("a look", () -> !cu.asked.isEmpty());
        assertThat(cu.asked.getFirst()).startsWith("/results/" + alice);
    }

    @Test
    void shouldSurviveNonsenseFromTheComputeUnit() throws Exception {
        start();
        String good = TestCompute.page(cursor(9), tick(bob, "good"));
        List<String> nonsense =
                List.of(
                        "nothing",
                        "{\"edges\":[{\"cursor\":7,\"node\":{}}]}",
                        "{\"edges\":[{\"cursor\":\"x\",\"node\":[]}]}",
                        "{\"edges\":7}",
                        "[]");
        cu.cron =
                from -> {
                    long looks = cu.asked.stream().filter(p -> p.startsWith("/cron")).count();
                    return looks < nonsense.size() ? nonsense.get((int) looks) : good;
                };
        monitor();
        waiting.until("the good one", () -> su.scheduledFor(bob).size() == 1);
        assertThat(messenger().counters().retries()).isGreaterThan(0);
    }

    @Test
    void shouldWaitWhileTheComputeUnitIsAway() throws Exception {
        cu.fault = request -> CompletableFuture.completedFuture(Response.error(503, "away"));
        start(quick(), InstantSource.system());
        monitor();
        waiting.until("tries", () -> cu.asked.size() >= 3);
        cu.cron = from -> TestCompute.page(cursor(9), tick(bob, "late"));
        cu.fault = request -> null;
        waiting.until("delivery", () -> su.scheduledFor(bob).size() == 1);
    }
}
