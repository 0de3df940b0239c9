package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.DataItem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Units that fail, lie or hang, and processes that never stop talking. */
class RetryTest extends NetworkTest {
    private final String alice = process();
    private final String bob = process();

    private DataItem helloThatPings() {
        DataItem hello = TestItems.message(alice);
        cu.results.put(hello.id().toString(), new Results().message(bob, "ping").json());
        return hello;
    }

    private static CompletionStage<Response> failed(int status) {
        return CompletableFuture.completedFuture(Response.error(status, "not now"));
    }

    @Test
    void shouldSendTheSameItemAgainWhenTheSchedulerFails() throws Exception {
        start();
        DataItem hello = helloThatPings();
        AtomicInteger failures = new AtomicInteger();
        su.fault =
                request -> {
                    boolean ping =
                            request.method().equals("POST")
                                    && !su.scheduled().isEmpty()
                                    && failures.incrementAndGet() <= 3;
                    return ping ? Response.error(503, "warming up") : null;
                };
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(su.scheduledFor(bob)).hasSize(1);
        assertThat(messenger().counters().retries()).isEqualTo(3);
    }

    @Test
    void shouldNotDoubleAnItemWhoseAcknowledgementWasLost() throws Exception {
        start();
        DataItem hello = helloThatPings();
        AtomicInteger lost = new AtomicInteger();
        su.lostAnswer =
                request ->
                        su.scheduled().size() == 2 && lost.incrementAndGet() <= 2
                                ? Response.error(504, "proxy")
                                : null;
        post(hello);
        awaitQuiet();
        assertThat(su.scheduledFor(bob)).hasSize(1);
        String ping = su.scheduledFor(bob).getFirst().id().toString();
        assertThat(su.posts).containsExactly(hello.id().toString(), ping, ping, ping);
        assertThat(messenger().counters().known()).isEqualTo(1);
    }

    @Test
    void shouldAskForAResultAgainUntilItIsOne() throws Exception {
        start();
        DataItem hello = helloThatPings();
        AtomicInteger asked = new AtomicInteger();
        List<Response> answers =
                List.of(
                        Response.error(500, "boom"),
                        Response.json(202, "{\"Messages\":[]}"),
                        Response.json(200, "not JSON at all"),
                        Response.json(200, "[1,2]"),
                        Response.error(404, "not yet"),
                        Response.json(200, "{\"Messages\":[".repeat(2_000)));
        cu.fault =
                request -> {
                    int n = asked.getAndIncrement();
                    return n < answers.size() && request.path().contains(hello.id().toString())
                            ? CompletableFuture.completedFuture(answers.get(n))
                            : null;
                };
        MessengerTuning quick = quick();
        stop();
        start(
                withRetries(quick, new MessengerTuning.Retries(1, 5, 50, 600_000)),
                InstantSource.system());
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(messenger().counters().givenUp()).isZero();
        assertThat(messenger().counters().retries()).isEqualTo(6);
    }

    private static MessengerTuning withRetries(
            MessengerTuning tuning, MessengerTuning.Retries retries) {
        return new MessengerTuning(
                tuning.durability(),
                tuning.openTasksMax(),
                tuning.cronIntervalMs(),
                500,
                retries,
                tuning.chains(),
                false,
                tuning.blockedSenders());
    }

    @Test
    void shouldGiveUpAfterEnoughRefusals() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.fault = request -> failed(500);
        post(hello);
        awaitQuiet();
        assertThat(cu.asked).hasSize(5);
        assertThat(messenger().counters().givenUp()).isEqualTo(1);
        assertThat(get("/?debug=1&process=" + alice).text()).contains("given up in RESULT");
    }

    @Test
    void shouldWaitForAUnitThatIsAwayUntilTheTaskIsOld() throws Exception {
        SetClock clock = new SetClock();
        start(MessengerTuning.usual(), clock);
        DataItem hello = TestItems.message(alice);
        cu.fault = request -> failed(503);
        post(hello);
        waiting.until("the first try", () -> messenger().counters().retries() == 1);
        for (int i = 2; i < 30; i++) {
            int tries = i;
            clock.advance(Duration.ofMinutes(2));
            waiting.until("try " + tries, () -> messenger().counters().retries() == tries);
        }
        assertThat(messenger().counters().openTasks()).isEqualTo(1);
        clock.advance(Duration.ofHours(24));
        awaitQuiet();
        assertThat(messenger().counters().givenUp()).isEqualTo(1);
    }

    @Test
    void shouldDeliverElsewhereWhileOneProcessHangs() throws Exception {
        start(withRetries(quick(), quick().retries()), InstantSource.system());
        CompletableFuture<Response> never = new CompletableFuture<>();
        cu.fault = request -> request.rawQuery().contains(bob) ? never : null;
        for (int i = 0; i < 20; i++) {
            assertThat(post(TestItems.message(bob)).status()).isEqualTo(202);
        }
        DataItem hello = TestItems.message(alice);
        String carol = process();
        cu.results.put(hello.id().toString(), new Results().message(carol, "hi").json());
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(carol).isEmpty());
        // No more than two wait for the process that hangs.
        waiting.until(
                "a second ask",
                () -> cu.asked.stream().filter(path -> path.contains(bob)).count() >= 2);
        cu.fault = request -> null;
        never.complete(Response.error(503, "released"));
        awaitQuiet();
        assertThat(messenger().counters().givenUp()).isZero();
    }

    @Test
    void shouldCutAnEndlessConversation() throws Exception {
        MessengerTuning quick = quick();
        start(
                new MessengerTuning(
                        quick.durability(),
                        quick.openTasksMax(),
                        quick.cronIntervalMs(),
                        quick.cuAnswerMs(),
                        quick.retries(),
                        new MessengerTuning.Chains(10, 1, 40, 1_000),
                        false,
                        quick.blockedSenders()),
                InstantSource.system());
        cu.behaviour =
                (id, process) ->
                        new Results().message(process.equals(alice) ? bob : alice, "again").json();
        post(TestItems.message(alice));
        awaitQuiet();
        assertThat(su.scheduled()).hasSize(41);
        assertThat(messenger().counters().dropped()).isEqualTo(1);
        // Another message begins a chain of its own.
        post(TestItems.message(alice));
        awaitQuiet();
        assertThat(su.scheduled()).hasSize(82);
    }

    @Test
    void shouldCutAConversationThatIsTooDeep() throws Exception {
        MessengerTuning quick = quick();
        start(
                new MessengerTuning(
                        quick.durability(),
                        quick.openTasksMax(),
                        quick.cronIntervalMs(),
                        quick.cuAnswerMs(),
                        quick.retries(),
                        new MessengerTuning.Chains(1_000, 1, 1_000, 3),
                        false,
                        quick.blockedSenders()),
                InstantSource.system());
        cu.behaviour =
                (id, process) -> new Results().message(bob, "one").message(alice, "two").json();
        post(TestItems.message(alice));
        awaitQuiet();
        assertThat(su.scheduled()).hasSize(1 + 2 + 4 + 8);
        assertThat(messenger().counters().dropped()).isEqualTo(16);
    }

    @Test
    void shouldPaceALongConversationByTheClock() throws Exception {
        SetClock clock = new SetClock();
        MessengerTuning usual = quick();
        start(
                new MessengerTuning(
                        usual.durability(),
                        usual.openTasksMax(),
                        usual.cronIntervalMs(),
                        usual.cuAnswerMs(),
                        usual.retries(),
                        new MessengerTuning.Chains(5, 1_000, 100, 1_000),
                        false,
                        usual.blockedSenders()),
                clock);
        cu.behaviour =
                (id, process) ->
                        new Results().message(process.equals(alice) ? bob : alice, "again").json();
        post(TestItems.message(alice));
        waiting.until("the free ones", () -> su.scheduled().size() == 6);
        // The other process is served meanwhile.
        String carol = process();
        post(TestItems.message(carol));
        waiting.until("carol", () -> !su.scheduledFor(carol).isEmpty());
        assertThat(su.scheduled()).hasSize(7);
        clock.advance(Duration.ofSeconds(1));
        waiting.until("the next one", () -> su.scheduled().size() == 8);
    }

    @Test
    void shouldGoOnAfterARestart() throws Exception {
        start(MessengerTuning.usual(), new SetClock());
        DataItem hello = helloThatPings();
        cu.fault = request -> failed(503);
        post(hello);
        waiting.until("the first try", () -> messenger().counters().retries() == 1);
        stop();
        cu.fault = request -> null;
        start();
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(su.scheduledFor(bob)).hasSize(1);
    }

    @Test
    void shouldDrainWhatIsDue() throws Exception {
        start();
        DataItem hello = helloThatPings();
        post(hello);
        waiting.until("the result to be asked", () -> !cu.asked.isEmpty());
        assertThat(messenger().drain(Duration.ofSeconds(60))).isTrue();
        assertThat(su.scheduledFor(bob)).hasSize(1);
        assertThat(post(TestItems.message(alice)).status()).isEqualTo(503);
    }
}
