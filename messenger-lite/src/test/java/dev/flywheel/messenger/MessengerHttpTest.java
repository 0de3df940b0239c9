package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Statuses and texts of each route (spec 6.1). */
class MessengerHttpTest extends NetworkTest {
    private static final String INVALID =
            "{\"error\":\"'body': A valid and signed data item must be provided as the body.\"}";

    private static void assertError(Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        JsonNode json = Json.MAPPER.readTree(answer.body());
        assertThat(json.path("error").stringValue("")).isEqualTo(text);
    }

    @Test
    void shouldNameItself() throws Exception {
        start();
        Answer answer = get("/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("ao messenger unit");
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(get("/nothing/here").status()).isEqualTo(404);
    }

    @Test
    void shouldTakeAProcessItem() throws Exception {
        start();
        DataItem process = TestItems.process();
        Answer answer = post(process);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text())
                .isEqualTo("{\"message\":\"Processing DataItem\",\"id\":\"" + process.id() + "\"}");
        waiting.until("its result to be asked", () -> !cu.asked.isEmpty());
        assertThat(cu.asked)
                .containsExactly(
                        "/result/%s?process-id=%s&no-busy=1".formatted(process.id(), process.id()));
        assertThat(messenger().counters().accepted()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatIsNoSignedItem() throws Exception {
        start();
        byte[] good = TestItems.message(process()).bytes();
        byte[] forged = good.clone();
        forged[forged.length - 1] ^= 1;
        byte[] unknownType = good.clone();
        unknownType[0] = 99;
        for (byte[] body :
                new byte[][] {
                    {}, {1}, new byte[2_000], Arrays.copyOf(good, 100), forged, unknownType
                }) {
            Answer answer = post("/", body);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).isEqualTo(INVALID);
        }
        assertThat(su.posts).isEmpty();
        assertThat(messenger().counters().refused()).isEqualTo(6);
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        start();
        assertThat(post("/", new byte[11 * 1024 * 1024]).status()).isEqualTo(413);
    }

    @Test
    void shouldRefuseItemsWithoutTheProtocolsTags() throws Exception {
        start();
        String process = process();
        ItemBuilder bare = new ItemBuilder().target(process).data(" ");
        assertError(
                post(bare.tag("Type", "Message").sign(TestItems.CLIENT)),
                500,
                "Tag 'Data-Protocol': must contain 'ao'");
        ItemBuilder other =
                new ItemBuilder()
                        .target(process)
                        .data(" ")
                        .tag("Data-Protocol", "x")
                        .tag("Data-Protocol", "ao");
        assertError(
                post(other.sign(TestItems.CLIENT)),
                500,
                "Tag 'Type': must be either 'Process' or 'Message'");
        assertError(
                post(other.tag("Type", "Module").sign(TestItems.CLIENT)),
                500,
                "Tag 'Type': must be either 'Process' or 'Message'");
        // The first of the two decides.
        assertError(
                post(other.tag("Type", "Process").tag("Type", "Message").sign(TestItems.CLIENT)),
                500,
                "No Scheduler tag found on 'Process' DataItem");
        assertThat(su.posts).isEmpty();
    }

    @Test
    void shouldRefuseMessagesToUnknownProcesses() throws Exception {
        start();
        String text = "TypeError: Cannot read properties of undefined (reading 'tags')";
        Answer answer = post(TestItems.message(TestItems.id("nobody")));
        assertError(answer, 500, text);
        assertThat(answer.text()).contains("no scheduler knows the process");
        DataItem lost =
                new ItemBuilder()
                        .tag("Data-Protocol", "ao")
                        .tag("Type", "Message")
                        .sign(TestItems.CLIENT);
        assertError(post(lost), 500, text);
        assertThat(su.posts).isEmpty();
    }

    @Test
    void shouldRefuseBlockedSenders() throws Exception {
        start();
        DataItem item = TestItems.message(process(), "From-Process", TestItems.id("blocked"));
        assertError(post(item), 500, "Error: Invalid From-Process value.");
    }

    @Test
    void shouldPassOnTheSchedulersRefusal() throws Exception {
        start();
        String process = process();
        su.fault =
                request ->
                        request.method().equals("POST")
                                ? Response.error(400, "Access denied")
                                : null;
        assertError(
                post(TestItems.message(process)),
                500,
                "Error: Error: 400: {\"error\":\"Access denied\"}");
        assertError(post(TestItems.process()), 500, "Error: 400: {\"error\":\"Access denied\"}");
        awaitQuiet();
        assertThat(cu.asked).isEmpty();
    }

    @Test
    void shouldTakeAnItemOnce() throws Exception {
        start();
        DataItem item = TestItems.message(process());
        assertThat(post(item).status()).isEqualTo(202);
        awaitQuiet();
        assertError(post(item), 500, "Error: Error: 400: " + TestScheduler.EXISTS);
        awaitQuiet();
        assertThat(cu.asked).hasSize(1);
    }

    @Test
    void shouldGiveTheSameAnswerToAnItemPostedTwiceAtOnce() throws Exception {
        start();
        DataItem item = TestItems.message(process());
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        su.lostAnswer =
                request -> {
                    arrived.countDown();
                    try {
                        assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return null;
                };
        CompletableFuture<Answer> first = postAsync(item);
        assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Answer> second = postAsync(item);
        waiting.until("both requests", () -> messenger().counters().inFlight() == 2);
        go.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).status()).isEqualTo(202);
        Answer other = second.get(60, TimeUnit.SECONDS);
        // The second may have come just after the first was answered.
        assertThat(other.status()).isIn(202, 500);
        awaitQuiet();
        assertThat(cu.asked).hasSize(1);
    }

    private CompletableFuture<Answer> postAsync(DataItem item) {
        URI uri = URI.create("http://127.0.0.1:" + messenger().port() + "/");
        return calls.sendAsync(new Call("POST", uri, Map.of("Content-Type", OCTETS), item.bytes()))
                .toCompletableFuture();
    }

    @Test
    void shouldAssign() throws Exception {
        start();
        String process = process();
        String message = TestItems.id("message");
        String assignment = TestItems.id("assignment " + message + "@" + process);
        String other = process();
        cu.results.put(assignment, new Results().message(other, "thanks").json());
        Answer answer = post("/?process-id=" + process + "&assign=" + message, new byte[0]);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text())
                .isEqualTo("{\"message\":\"Processing Assignment\",\"id\":\"" + assignment + "\"}");
        waiting.until("what follows", () -> !su.scheduledFor(other).isEmpty());
        awaitQuiet();
        assertThat(su.scheduledFor(other).getFirst().tags().first("Pushed-For"))
                .isEqualTo(assignment);
        assertThat(cu.asked.getFirst())
                .isEqualTo("/result/%s?process-id=%s&no-busy=1".formatted(assignment, process));
        assertThat(
                        post(
                                        "/?process-id=%s&assign=%s&base-layer&exclude=Data,Tags"
                                                .formatted(other, message),
                                        new byte[0])
                                .status())
                .isEqualTo(202);
        assertThat(su.assigns)
                .containsExactly(
                        "process-id=%s&assign=%s".formatted(process, message),
                        "process-id=%s&assign=%s&base-layer&exclude=Data%%2CTags"
                                .formatted(other, message));
    }

    @Test
    void shouldRefuseIncompleteAssignments() throws Exception {
        start();
        String text = "You must set both process-id and assign to send an assignment, not just one";
        String process = process();
        assertError(post("/?process-id=" + process, new byte[0]), 400, text);
        assertError(post("/?assign=" + process, new byte[0]), 400, text);
        assertError(post("/?assign=&process-id=" + process, new byte[0]), 400, text);
        String lost = "Error: Error: [object Response]";
        assertError(post("/?assign=short&process-id=" + process, new byte[0]), 500, lost);
        su.fault =
                request -> request.method().equals("POST") ? Response.error(400, "no such") : null;
        Answer refused =
                post("/?assign=" + TestItems.id("m") + "&process-id=" + process, new byte[0]);
        assertError(refused, 500, lost);
        assertThat(refused.text()).contains("scheduler answered 400").contains("no such");
        awaitQuiet();
    }

    @Test
    void shouldRefuseWhenTheOutboxIsFull() throws Exception {
        MessengerTuning quick = quick();
        start(
                new MessengerTuning(
                        quick.durability(),
                        2,
                        quick.cronIntervalMs(),
                        quick.cuAnswerMs(),
                        quick.retries(),
                        quick.chains(),
                        false,
                        quick.blockedSenders()),
                new SetClock());
        String process = process();
        cu.fault = request -> CompletableFuture.completedFuture(Response.error(503, "later"));
        assertThat(post(TestItems.message(process)).status()).isEqualTo(202);
        assertThat(post(TestItems.message(process)).status()).isEqualTo(202);
        Answer answer = post(TestItems.message(process));
        assertError(
                answer,
                503,
                "messenger has 2 deliveries to make (limit 2); nothing was sent, try again in a few seconds");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(su.scheduledFor(process)).hasSize(2);
    }

    @Test
    void shouldTellWhenNoSchedulerIsThere() throws Exception {
        String process = process();
        start(quick(), java.time.InstantSource.system(), URI.create("http://127.0.0.1:1"));
        Answer answer = post(TestItems.message(process));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("scheduler").contains("nothing was scheduled");
        assertThat(messenger().counters().openTasks()).isZero();
    }

    @Test
    void shouldFollowAnItemWhoseAcknowledgementWasLost() throws Exception {
        start();
        String other = process();
        DataItem item = TestItems.message(process());
        cu.results.put(item.id().toString(), new Results().message(other, "x").json());
        su.lostAnswer = request -> Response.error(502, "proxy lost it");
        Answer answer = post(item);
        su.lostAnswer = request -> null;
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text())
                .contains("scheduler answered 502")
                .contains("is sent again under the same id");
        waiting.until("what follows", () -> !su.scheduledFor(other).isEmpty());
        awaitQuiet();
        assertThat(su.scheduled()).hasSize(2);
    }

    @Test
    void shouldShowTraces() throws Exception {
        start();
        String alice = process();
        String bob = process();
        DataItem hello = TestItems.message(alice);
        cu.results.put(hello.id().toString(), new Results().message(bob, "x").json());
        post(hello);
        awaitQuiet();
        String id = hello.id().toString();
        JsonNode page = json(get("/?debug=1&process=" + alice));
        assertThat(page.path("edges").size()).isEqualTo(2);
        JsonNode last = page.path("edges").get(1).path("node");
        assertThat(last.path("messageId").stringValue("")).isEqualTo(id);
        assertThat(last.path("wallet").stringValue("")).isEqualTo(hello.ownerAddress());
        assertThat(last.path("type").stringValue("")).isEqualTo("MESSAGE");
        JsonNode pushed = json(get("/?debug=1&process=" + bob)).path("edges").get(0).path("node");
        assertThat(pushed.path("parentId").stringValue("")).isEqualTo(id);
        JsonNode first = json(get("/?debug=1&page-size=1&message=" + id + "&process=" + alice));
        assertThat(first.path("pageInfo").path("hasNextPage").booleanValue()).isTrue();
        JsonNode second =
                json(get("/?debug=1&page=2&page-size=1&message=" + id + "&process=" + alice));
        assertThat(second.path("pageInfo").path("hasNextPage").booleanValue()).isFalse();
        assertThat(second.path("edges").size()).isEqualTo(1);
        assertThat(json(get("/?debug=1&spawn=" + id + "&process=" + alice)).path("edges").size())
                .isZero();
        assertError(
                get("/?debug=1&process=" + alice + "&message=a&spawn=b"),
                422,
                "Only one of message, assign, or spawn query parameters can be provided");
        assertError(get("/?debug=1"), 500, "'process': Process ID is required.");
    }

    private static JsonNode json(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    @Test
    void shouldPushAMessageAgainWhenAsked() throws Exception {
        start();
        String alice = process();
        String bob = process();
        String id = TestItems.id("earlier message");
        cu.results.put(id, new Results().message(bob, "zero").message(bob, "one").json());
        Answer answer = post("/push/" + id + "/1?process-id=" + alice, new byte[0]);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text())
                .isEqualTo("{\"message\":\"Processing Message Result\",\"id\":\"" + id + "\"}");
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        assertThat(su.scheduledFor(bob).getFirst().dataText()).isEqualTo("one");
        assertError(
                post("/push/" + id + "/2?process-id=" + alice, new byte[0]),
                500,
                "Message number does not exist in the result.");
        assertError(
                post("/push/" + id + "/x?process-id=" + alice, new byte[0]),
                400,
                "'number' parameter must be a valid number");
        Answer uploaded = post("/push-result/" + id + "/0?process-id=" + alice, new byte[0]);
        assertThat(uploaded.status()).isEqualTo(200);
        assertThat(uploaded.text()).startsWith("{\"message\":\"Result uploaded to HB\"");
        DataItem item = DataItem.parse(gateway.uploads.getFirst());
        assertThat(TestItems.text(item.tags()))
                .containsExactly(
                        "Data-Protocol=ao", "Variant=ao.TN.1", "Type=Message", "Reference=1");
    }

    @Test
    void shouldNotPushUnlessItIsAllowed() throws Exception {
        start(MessengerTuning.usual(), java.time.InstantSource.system());
        assertError(
                post("/push/" + TestItems.id("m") + "/0?process-id=" + process(), new byte[0]),
                500,
                "Push is disabled");
    }
}
