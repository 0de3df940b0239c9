package dev.flywheel.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.Bundle;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GatewayHttpTest {
    private static final String ITEM = "application/octet-stream";

    @TempDir Path directory;

    private final SetClock clock = new SetClock();
    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());
    private final EthereumKey key = EthereumKey.generate(new SecureRandom());
    private Gateway gateway;

    @BeforeEach
    void start() {
        gateway =
                Gateway.start(
                        new GatewayOptions(new InetSocketAddress("127.0.0.1", 0), directory, null),
                        clock);
    }

    @AfterEach
    void stop() {
        gateway.close();
        calls.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    private Answer get(String path) throws Exception {
        return calls.send(Call.get(url(path)));
    }

    private Answer call(String method, String path, Map<String, String> headers) throws Exception {
        return calls.send(new Call(method, URI.create(url(path)), headers, new byte[0]));
    }

    private Answer upload(String path, byte[] body) throws Exception {
        return calls.send(Call.post(url(path), ITEM, body));
    }

    private static JsonNode json(Answer answer) {
        return Json.MAPPER.readTree(answer.body());
    }

    private DataItem item(String data, String... tags) {
        ItemBuilder builder = new ItemBuilder().data(data);
        for (int i = 0; i < tags.length; i += 2) {
            builder.tag(tags[i], tags[i + 1]);
        }
        return builder.sign(key);
    }

    @Test
    void shouldTakeAnItemAndGiveItBackByItsId() throws Exception {
        DataItem item = item("hello", "Type", "Message", "Content-Type", "text/plain");
        JsonNode receipt = json(upload("/tx/arweave", item.bytes()));
        assertThat(receipt.propertyNames())
                .containsExactly(
                        "id", "timestamp", "owner", "dataCaches", "fastFinalityIndexes", "winc");
        assertThat(receipt.path("id").asString()).isEqualTo(item.id().toString());
        assertThat(receipt.path("timestamp").asLong()).isEqualTo(clock.millis());
        Answer raw = get("/raw/" + item.id());
        assertThat(raw.text()).isEqualTo("hello");
        assertThat(raw.header("Content-Type")).isEqualTo("text/plain");
        assertThat(raw.header("type")).isNull();
        assertThat(get("/" + item.id()).header("type")).isEqualTo("Message");
    }

    @Test
    void shouldTakeItemsOnEveryPathThatClientsUpload() throws Exception {
        for (String path : List.of("/tx", "/tx/arweave", "/id?codec-device=ans104@1.0")) {
            DataItem item = item("on " + path);
            assertThat(upload(path, item.bytes()).status()).isEqualTo(200);
            assertThat(get("/raw/" + item.id()).text()).isEqualTo("on " + path);
        }
    }

    @Test
    void shouldAnswerTheFirstReceiptToASecondUpload() throws Exception {
        DataItem item = item("twice");
        String first = upload("/tx/arweave", item.bytes()).text();
        clock.advance(Duration.ofSeconds(5));
        assertThat(upload("/tx/arweave", item.bytes()).text()).isEqualTo(first);
    }

    @Test
    void shouldRefuseWhatIsNoItemOrWronglySigned() throws Exception {
        Answer empty = upload("/tx/arweave", new byte[0]);
        assertThat(empty.status()).isEqualTo(400);
        assertThat(json(empty).path("error").asString()).contains("malformed");
        assertThat(upload("/tx/arweave", new byte[2_000]).status()).isEqualTo(400);
        byte[] tampered = item("money: 1").bytes().clone();
        tampered[tampered.length - 1] = '9';
        Answer refused = upload("/tx/arweave", tampered);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(json(refused).path("error").asString()).contains("signature is not valid");
        byte[] truncated = item("cut", "a", "b").bytes();
        assertThat(upload("/tx/arweave", java.util.Arrays.copyOf(truncated, 150)).status())
                .isEqualTo(400);
        assertThat(gateway.store().counts().items()).isZero();
    }

    @Test
    void shouldUnpackBundlesInsideBundlesAndSkipBrokenItems() throws Exception {
        DataItem good = item("inner", "n", "1");
        byte[] bad = item("bad").bytes().clone();
        bad[bad.length - 1] ^= 1;
        DataItem inner = bundle(Bundle.build(List.of(good)));
        DataItem outer = bundle(Bundle.build(List.of(inner, DataItem.parse(bad))));
        DataItem noBundle = bundle(new byte[70]);
        assertThat(upload("/tx/arweave", outer.bytes()).status()).isEqualTo(200);
        assertThat(upload("/tx/arweave", noBundle.bytes()).status())
                .as("kept, with nothing inside")
                .isEqualTo(200);
        assertThat(get("/raw/" + good.id()).text()).isEqualTo("inner");
        assertThat(gateway.store().find(good.id()))
                .extracting(GatewayItem::parent)
                .isEqualTo(inner.id());
        assertThat(gateway.store().find(inner.id()))
                .extracting(GatewayItem::parent)
                .isEqualTo(outer.id());
        assertThat(get("/raw/" + DataItem.parse(bad).id()).status()).isEqualTo(404);
    }

    private DataItem bundle(byte[] bundle) {
        return new ItemBuilder()
                .tag("Bundle-Format", "binary")
                .tag("Bundle-Version", "2.0.0")
                .data(bundle)
                .sign(key);
    }

    @Test
    void shouldServeRangesOfSmallAndLargeData() throws Exception {
        for (int size : new int[] {1_000, 300_000}) {
            byte[] data = new byte[size];
            new Random(size).nextBytes(data);
            DataItem item = new ItemBuilder().data(data).sign(key);
            upload("/tx", item.bytes());
            assertThat(get("/raw/" + item.id()).body()).isEqualTo(data);
            Answer part = call("GET", "/" + item.id(), Map.of("Range", "bytes=10-19"));
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(data, 10, 20));
            assertThat(part.header("Content-Range")).isEqualTo("bytes 10-19/" + size);
            Answer suffix = call("GET", "/raw/" + item.id(), Map.of("Range", "bytes=-5"));
            assertThat(suffix.body()).isEqualTo(java.util.Arrays.copyOfRange(data, size - 5, size));
            Answer rest =
                    call("GET", "/raw/" + item.id(), Map.of("Range", "bytes=" + (size - 3) + "-"));
            assertThat(rest.body()).isEqualTo(java.util.Arrays.copyOfRange(data, size - 3, size));
            Answer beyond =
                    call("GET", "/raw/" + item.id(), Map.of("Range", "bytes=" + size + "-"));
            assertThat(beyond.status()).isEqualTo(416);
            assertThat(beyond.header("Content-Range")).isEqualTo("bytes */" + size);
        }
    }

    @Test
    void shouldAnswerHeadWithLengthAndTagsAsHeaders() throws Exception {
        DataItem process =
                item(
                        "0123456789",
                        "Data-Protocol",
                        "ao",
                        "Type",
                        "Process",
                        "Scheduler",
                        "abc",
                        "Variant",
                        "ao.TN.1");
        upload("/tx", process.bytes());
        Answer head = call("HEAD", "/" + process.id(), Map.of());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo("10");
        assertThat(head.header("type")).isEqualTo("Process");
        assertThat(head.header("scheduler")).isEqualTo("abc");
        assertThat(head.header("variant")).isEqualTo("ao.TN.1");
        assertThat(head.header("accept-ranges")).isEqualTo("bytes");
        assertThat(call("HEAD", "/" + "A".repeat(43), Map.of()).status()).isEqualTo(404);
    }

    @Test
    void shouldLeaveOutTagsThatWouldHarmTheAnswer() throws Exception {
        DataItem item =
                item(
                        "x",
                        "Split",
                        "a\r\nSet-Cookie: stolen=1",
                        "Set-Cookie",
                        "a=b",
                        "Content-Length",
                        "99999",
                        "Transfer-Encoding",
                        "chunked",
                        "Access-Control-Allow-Origin",
                        "http://evil",
                        "bad name",
                        "1",
                        "Umlaut",
                        "für",
                        "Content-Type",
                        "text/html\r\nX-Evil: 1",
                        "Good",
                        "fine",
                        "Good",
                        "too");
        upload("/tx", item.bytes());
        Answer answer = get("/" + item.id());
        assertThat(answer.text()).isEqualTo("x");
        assertThat(answer.header("good")).isEqualTo("fine, too");
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        for (String name :
                List.of("split", "set-cookie", "x-evil", "transfer-encoding", "umlaut")) {
            assertThat(answer.header(name)).as(name).isNull();
        }
    }

    @Test
    void shouldAnswerNotFoundToStrangers() throws Exception {
        // The reference messenger asks GET / for items without a target and needs anything but a
        // 2xx without a type.
        for (String path :
                List.of(
                        "/",
                        "/" + "A".repeat(43),
                        "/raw/x",
                        "/tx/" + "A".repeat(43),
                        "/tx/x/status",
                        "/a/b/c/d")) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void shouldAnswerTheWholeInfoObjectThatTheReferenceSchedulerReads() throws Exception {
        JsonNode info = json(get("/info"));
        assertThat(info.propertyNames())
                .contains(
                        "network",
                        "version",
                        "release",
                        "height",
                        "current",
                        "blocks",
                        "peers",
                        "queue_length",
                        "node_state_latency");
        assertThat(info.path("height").asLong()).isEqualTo(LocalChain.GENESIS_HEIGHT);
        assertThat(info.path("current").asString()).hasSize(64);
    }

    @Test
    void shouldCountConfirmationsAsBlocksCome() throws Exception {
        DataItem item = item("confirmed");
        upload("/tx", item.bytes());
        JsonNode status = json(get("/tx/" + item.id() + "/status"));
        assertThat(status.path("block_height").asLong()).isEqualTo(LocalChain.GENESIS_HEIGHT);
        assertThat(status.path("number_of_confirmations").asInt()).isEqualTo(1);
        get("/mine/20");
        assertThat(
                        json(get("/tx/" + item.id() + "/status"))
                                .path("number_of_confirmations")
                                .asInt())
                .isEqualTo(21);
        JsonNode block = json(get("/block/height/" + LocalChain.GENESIS_HEIGHT));
        assertThat(block.path("txs").toString()).isEqualTo("[\"" + item.id() + "\"]");
        assertThat(json(get("/block/current")).path("height").asLong())
                .isEqualTo(LocalChain.GENESIS_HEIGHT + 20);
        JsonNode next = json(get("/block/height/" + (LocalChain.GENESIS_HEIGHT + 1)));
        assertThat(next.path("previous_block")).isEqualTo(block.path("indep_hash"));
        assertThat(get("/block/height/5").status()).isEqualTo(404);
        assertThat(get("/block/height/x").status()).isEqualTo(400);
    }

    @Test
    void shouldAnswerWhatGenericToolsAsk() throws Exception {
        assertThat(get("/price/777924").text()).isEqualTo("0");
        assertThat(get("/wallet/" + "A".repeat(43) + "/balance").text()).isEqualTo("0");
        assertThat(get("/tx_anchor").text()).hasSize(64);
        assertThat(get("/mine").status()).isEqualTo(200);
    }

    @Test
    void shouldKeepEverythingOverARestart() throws Exception {
        byte[] large = new byte[200_000];
        new Random(3).nextBytes(large);
        DataItem small = item("small", "Name", "kept");
        DataItem big = new ItemBuilder().data(large).sign(key);
        upload("/tx", small.bytes());
        upload("/tx", big.bytes());
        get("/mine/3");
        String block = get("/block/current").text();
        gateway.close();
        start();
        assertThat(get("/raw/" + small.id()).text()).isEqualTo("small");
        assertThat(get("/raw/" + big.id()).body()).isEqualTo(large);
        assertThat(get("/block/current").text()).isEqualTo(block);
        byte[] query =
                "{\"query\":\"{ transactions(tags: [{name: \\\"Name\\\", values: [\\\"kept\\\"]}]) { edges { node { id } } } }\"}"
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(calls.send(Call.post(url("/graphql"), "application/json", query)).text())
                .contains(small.id().toString());
    }

    @Test
    void shouldRefuseGraphQlThatIsNoJsonOrTooLarge() throws Exception {
        assertThat(
                        calls.send(
                                        Call.post(
                                                url("/graphql"),
                                                "application/json",
                                                "{".getBytes(StandardCharsets.UTF_8)))
                                .status())
                .isEqualTo(400);
        assertThat(
                        calls.send(
                                        Call.post(
                                                url("/graphql"),
                                                "application/json",
                                                "{}".getBytes(StandardCharsets.UTF_8)))
                                .status())
                .isEqualTo(400);
        byte[] large = new byte[GatewayLimits.GRAPHQL_BYTES_MAX + 1];
        assertThat(calls.send(Call.post(url("/graphql"), "application/json", large)).status())
                .isEqualTo(413);
    }

    @Test
    void shouldShowItemsInTheShapeOfTransactions() throws Exception {
        ArweaveKey rsa = ArweaveKey.generate(4096, new SecureRandom());
        DataItem item =
                new ItemBuilder().target("A".repeat(43)).tag("Type", "Message").data("d").sign(rsa);
        upload("/tx", item.bytes());
        JsonNode shown = json(get("/tx/" + item.id()));
        assertThat(shown.path("owner").asString()).isEqualTo(Base64Url.encode(rsa.owner()));
        assertThat(shown.path("target").asString()).isEqualTo("A".repeat(43));
        assertThat(shown.path("tags").toString())
                .isEqualTo("[{\"name\":\"VHlwZQ\",\"value\":\"TWVzc2FnZQ\"}]");
        assertThat(shown.path("data_size").asString()).isEqualTo("1");
        assertThat(get("/tx/" + item.id() + "/data").text()).isEqualTo("ZA");
    }
}
