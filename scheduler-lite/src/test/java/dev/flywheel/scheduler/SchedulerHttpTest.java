package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.ScheduledEntry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Routes, answers and error texts, as clients of the reference know them. */
class SchedulerHttpTest {
    private static final String SIGNATURE_ERROR =
            "error in builder: BuilderError(\"Byte error in builder: ByteError(\\\"Signature verification failed\\\")\")";

    @TempDir private static Path directory;
    private static StubGateway gateway;
    private static Unit unit;
    private static DataItem process;

    @BeforeAll
    static void start() throws Exception {
        gateway = StubGateway.start();
        unit = Unit.start(Unit.options(directory, gateway.uri()));
        process = Unit.process(Keys.USER);
        unit.take(process);
    }

    @AfterAll
    static void stop() {
        unit.close();
        gateway.close();
    }

    private static DataItem spawned() throws Exception {
        DataItem item = Unit.process(Keys.WALLET);
        JsonNode receipt = unit.take(item);
        assertThat(receipt.path("id").asString()).isEqualTo(item.id().toString());
        assertThat(receipt.path("timestamp").isIntegralNumber()).isTrue();
        return item;
    }

    @Test
    void shouldTellItsAddressAndTime() throws Exception {
        Answer answer = unit.get("/?process-id=" + process.id());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .matches(
                        "\\{\"address\":\"%s\",\"timestamp\":\"\\d{13}\"}"
                                .formatted(Keys.SCHEDULER.address()));
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void shouldTellBlockHeightAndTime() throws Exception {
        assertThat(unit.get("/timestamp?process-id=" + process.id()).text())
                .matches("\\{\"block_height\":\"000001500000\",\"timestamp\":\"\\d{13}\"}");
    }

    @Test
    void shouldBeHealthyAndCount() throws Exception {
        Answer health = unit.get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body()).isEmpty();
        Answer metrics = unit.get("/metrics");
        assertThat(metrics.header("content-type"))
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(metrics.text())
                .contains("message_save_failures_total 0\n")
                .contains(
                        "su_core_metrics_duration_milliseconds_count{function_name=\"write_item\"}")
                .endsWith("# EOF\n");
    }

    @Test
    void shouldScheduleAProcessAndItsMessages() throws Exception {
        DataItem own = spawned();
        DataItem first = Unit.message(Keys.USER, own.id(), "1+1");
        DataItem second = Unit.message(Keys.WALLET, own.id(), "zwei");
        JsonNode receipt = unit.take(first);
        unit.take(second);
        assertThat(receipt.path("id").asString()).isEqualTo(first.id().toString());

        List<ScheduledEntry> log = unit.log(own.id());
        assertThat(log.stream().map(ScheduledEntry::messageId))
                .containsExactly(
                        own.id().toString(), first.id().toString(), second.id().toString());
        assertThat(log.get(1).timestamp()).isEqualTo(receipt.path("timestamp").asLong());
        assertThat(log.get(0).blockHeight()).isEqualTo(1_500_000);
        assertThat(log.get(0).assignment().tags().has("Message")).isFalse();
        LogChecks.assertWhole(own.id(), log);

        Answer message = unit.get("/" + first.id() + "?process-id=" + own.id());
        assertThat(message.status()).isEqualTo(200);
        assertThat(ScheduledEntry.parse(message.body())).isEqualTo(log.get(1));
        Answer latest = unit.get("/" + own.id() + "/latest");
        assertThat(ScheduledEntry.parse(latest.body())).isEqualTo(log.get(2));
    }

    @Test
    void shouldSignEachAssignmentSoThatItVerifies() throws Exception {
        DataItem own = spawned();
        unit.take(Unit.message(Keys.USER, own.id(), "hello"));
        Answer page = unit.get("/" + own.id() + "?process-id=" + own.id() + "&show-anchor=1");
        ItemVerifier verifier = new ItemVerifier();
        for (JsonNode edge : Json.MAPPER.readTree(page.body()).path("edges")) {
            DataItem assignment = LogChecks.assignment(edge.path("node").path("assignment"));
            assertThat(verifier.verify(assignment)).isTrue();
            assertThat(assignment.ownerAddress()).isEqualTo(Keys.SCHEDULER.address());
        }
    }

    @Test
    void shouldTellWhatAProcessIs() throws Exception {
        Answer answer = unit.get("/processes/" + process.id());
        assertThat(answer.status()).isEqualTo(200);
        JsonNode record = Json.MAPPER.readTree(answer.body());
        assertThat(record.path("process_id").asString()).isEqualTo(process.id().toString());
        assertThat(record.path("block").asString()).isEqualTo("000001500000");
        assertThat(record.path("data").asString()).isEqualTo(" ");
        assertThat(record.path("target").isNull()).isTrue();
        assertThat(record.path("timestamp").isNumber()).isTrue();
        assertThat(record.path("owner").path("address").asString()).isEqualTo(Keys.USER.address());
    }

    @Test
    void shouldSayWhatItDoesNotKnow() throws Exception {
        String nobody = "A".repeat(43);
        for (String path :
                List.of(
                        "/" + nobody,
                        "/" + nobody + "?process-id=" + process.id(),
                        "/processes/" + nobody,
                        "/processes/no-id",
                        "/" + "x".repeat(44) + "?process-id=y")) {
            unit.assertRefused(unit.get(path), 400, "Message or Process not found");
        }
        unit.assertRefused(unit.get("/" + nobody + "/latest"), 400, "Latest message not available");
        DataItem own = spawned();
        unit.assertRefused(
                unit.get("/" + own.id() + "/latest"), 400, "Latest message not available");
        Answer elsewhere = unit.get("/nothing/of/this/name");
        assertThat(elsewhere.status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseBytesThatAreNoItem() throws Exception {
        byte[] whole = Unit.message(Keys.USER, process.id(), "x").bytes();
        Answer empty = unit.post(new byte[0]);
        assertThat(empty.status()).isEqualTo(400);
        assertThat(Json.MAPPER.readTree(empty.body()).path("error").asString())
                .startsWith(
                        "error in builder: BuilderError(\"Byte error in builder: ByteError(\\\"Buffer too short for signature type");
        for (int length : new int[] {1, 2, 100, 514, 1_026, 1_060, 1_080, 1_100}) {
            Answer answer = unit.post(Arrays.copyOf(whole, length));
            assertThat(answer.status()).as("length " + length).isEqualTo(400);
            assertThat(answer.text()).contains("ByteError");
        }
    }

    @Test
    void shouldRefuseWrongSignatures() throws Exception {
        byte[] forged = Unit.message(Keys.USER, process.id(), "pay 1").bytes().clone();
        forged[forged.length - 1] = '9';
        unit.assertRefused(unit.post(forged), 400, SIGNATURE_ERROR);
        byte[] ethereum = Unit.message(Keys.WALLET, process.id(), "pay 1").bytes().clone();
        ethereum[ethereum.length - 1] = '9';
        unit.assertRefused(
                unit.post(ethereum),
                400,
                SIGNATURE_ERROR.replace("Signature v", "Ethereum signature v"));
        assertThat(unit.log(process.id())).noneMatch(entry -> "pay 9".equals(data(entry)));
    }

    private static String data(ScheduledEntry entry) {
        ScheduledEntry.MessagePart message = entry.message();
        return message == null || message.data() == null ? "" : message.data();
    }

    @Test
    void shouldRefuseTagsThatDoNotFit() throws Exception {
        Id target = process.id();
        unit.assertRefused(
                unit.post(new ItemBuilder().target(target).sign(Keys.WALLET).bytes()),
                400,
                "Data-Protocol tag not present");
        unit.assertRefused(
                unit.post(new ItemBuilder().tag("Data-Protocol", "ao").sign(Keys.WALLET).bytes()),
                400,
                "Type tag not present");
        unit.assertRefused(
                unit.post(
                        new ItemBuilder()
                                .tag("Data-Protocol", "ao")
                                .tag("Type", "Module")
                                .sign(Keys.WALLET)
                                .bytes()),
                400,
                "Unsupported Type tag value");
        unit.assertRefused(
                unit.post(
                        new ItemBuilder()
                                .tag("Data-Protocol", "ao")
                                .tag("Type", "Process")
                                .tag("Module", "m")
                                .sign(Keys.WALLET)
                                .bytes()),
                400,
                "Required Module and Scheduler tags for Process type not present");
        unit.assertRefused(
                unit.post(
                        Unit.messageBuilder(target)
                                .tag("Sneaky", "value+link")
                                .sign(Keys.WALLET)
                                .bytes()),
                400,
                "Tag Sneaky cannot contain +link");
    }

    @Test
    void shouldRefuseMessagesWithoutAKnownProcess() throws Exception {
        Id nobody = Id.parse("A".repeat(43));
        Answer unknown = unit.post(Unit.message(Keys.WALLET, nobody, "x").bytes());
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text()).contains("is not scheduled here").contains(nobody.toString());
        Answer lost =
                unit.post(
                        new ItemBuilder()
                                .tag("Data-Protocol", "ao")
                                .tag("Type", "Message")
                                .sign(Keys.WALLET)
                                .bytes());
        assertThat(lost.status()).isEqualTo(400);
        assertThat(lost.text()).contains("needs the process as its target");
    }

    @Test
    void shouldTakeTheLargestBodyAndRefuseALargerOne() throws Exception {
        DataItem own = spawned();
        byte[] data = new byte[10 * 1024 * 1024 - 2_000];
        DataItem large = Unit.messageBuilder(own.id()).data(data).sign(Keys.WALLET);
        unit.take(large);
        Answer served = unit.get("/" + large.id() + "?process-id=" + own.id());
        assertThat(data(ScheduledEntry.parse(served.body()))).hasSize(data.length);
        Answer tooLarge = unit.post(new byte[10 * 1024 * 1024 + 1]);
        assertThat(tooLarge.status()).isEqualTo(413);
    }

    @Test
    void shouldRefuseAMessageThatItHas() throws Exception {
        DataItem own = spawned();
        DataItem message = Unit.message(Keys.USER, own.id(), "once");
        unit.take(message);
        unit.assertRefused(
                unit.post(message.bytes()), 400, "MessageExists(\"Message already exists\")");
        // The same content signed again is another message.
        unit.take(Unit.message(Keys.USER, own.id(), "once"));
        assertThat(unit.log(own.id())).hasSize(3);
    }

    @Test
    void shouldAnswerARepeatedSpawnAsTheFirst() throws Exception {
        DataItem own = Unit.process(Keys.WALLET);
        JsonNode first = unit.take(own);
        unit.take(Unit.message(Keys.WALLET, own.id(), "x"));
        assertThat(unit.take(own)).isEqualTo(first);
        assertThat(unit.log(own.id())).hasSize(2);
        unit.take(Unit.message(Keys.WALLET, own.id(), "y"));
        LogChecks.assertWhole(own.id(), unit.log(own.id()));
    }

    @Test
    void shouldPageByTimeAndByNonce() throws Exception {
        DataItem own = spawned();
        for (int i = 1; i <= 6; i++) {
            unit.take(Unit.message(Keys.WALLET, own.id(), "m" + i));
        }
        List<ScheduledEntry> log = unit.log(own.id());
        String base = "/" + own.id() + "?process-id=" + own.id();
        Pages pages = new Pages(unit, base);
        long second = log.get(2).timestamp();
        long fourth = log.get(4).timestamp();
        assertThat(pages.nonces("")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(pages.nonces("&from=" + second)).containsExactly(3L, 4L, 5L, 6L);
        assertThat(pages.nonces("&to=" + second)).containsExactly(0L, 1L, 2L);
        assertThat(pages.nonces("&from=" + second + "&to=" + fourth)).containsExactly(3L, 4L);
        assertThat(pages.nonces("&limit=3")).containsExactly(0L, 1L, 2L);
        assertThat(pages.hasNext("&limit=3")).isTrue();
        assertThat(pages.hasNext("&limit=7")).isFalse();
        assertThat(pages.nonces("&limit=1")).containsExactly(0L);
        assertThat(pages.hasNext("&limit=1")).isTrue();
        assertThat(pages.nonces("&limit=0")).isEmpty();
        assertThat(pages.hasNext("&limit=0")).isFalse();
        assertThat(pages.nonces("&from=0")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(pages.nonces("&from=" + log.get(6).timestamp())).isEmpty();
        assertThat(pages.hasNext("&from=" + log.get(6).timestamp())).isFalse();
        assertThat(pages.nonces("&from-nonce=2")).containsExactly(3L, 4L, 5L, 6L);
        assertThat(pages.nonces("&from-nonce=-1&to-nonce=1")).containsExactly(0L, 1L);
        assertThat(pages.nonces("&to-nonce=1")).containsExactly(0L, 1L);
        assertThat(pages.nonces("&from-nonce=2&from=" + fourth + "&limit=2"))
                .containsExactly(3L, 4L);
        assertThat(pages.cursors("&from-nonce=4")).containsExactly("5", "6");
        assertThat(pages.cursors("&from=" + fourth).getFirst())
                .isEqualTo(Long.toString(log.get(5).timestamp()));
    }

    @Test
    void shouldRefuseBoundsThatAreNoNumbers() throws Exception {
        String base = "/" + process.id() + "?process-id=" + process.id();
        for (String wrong : List.of("from=x", "to=1.5", "limit=many", "from-nonce=1e3")) {
            Answer answer = unit.get(base + "&" + wrong);
            assertThat(answer.status()).as(wrong).isEqualTo(400);
            assertThat(answer.text()).contains("must be an integer");
        }
        assertThat(unit.get(base + "&limit=-1").status()).isEqualTo(400);
        assertThat(unit.get(base + "&limit=99999999999").status()).isEqualTo(400);
    }

    @Test
    void shouldTakeTheProcessIdFromThePathWhereItIsLeftOut() throws Exception {
        Answer with = unit.get("/" + process.id() + "?process-id=" + process.id() + "&limit=1");
        Answer without = unit.get("/" + process.id() + "?limit=1");
        assertThat(without.text()).isEqualTo(with.text());
    }

    @Test
    void shouldChainFromTheSeedOfTheProcess() throws Exception {
        DataItem own = spawned();
        assertThat(unit.log(own.id()).getFirst().hashChain())
                .isEqualTo(HashChain.seed(own.id()).toString());
    }
}
