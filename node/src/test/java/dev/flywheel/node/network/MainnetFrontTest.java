package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the mainnet front of a running network does with input that no client would send. */
class MainnetFrontTest {
    private static final Map<String, String> ITEM =
            Map.of("content-type", "application/ans104", "codec-device", "ans104@1.0");
    private static final byte[] NOTHING = {};

    @TempDir static Path directory;

    private static RunningNode node;
    private static NetworkClient client;
    private static HttpCalls calls;
    private static Id module;
    private static Id process;

    @BeforeAll
    static void start() throws Exception {
        node = RunningNode.start("node", directory.resolve("node"));
        client = new NetworkClient(node);
        calls = new HttpCalls(HttpCallLimits.betweenUnits());
        module = client.module("echo", Modules.guest("echo"), Map.of());
        process = client.spawn(module);
    }

    @AfterAll
    static void stop() {
        calls.close();
        client.close();
        node.close();
    }

    private static Answer send(String method, String path, byte[] body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return calls.send(new Call(method, URI.create(node.mainnet() + path), headers, body));
    }

    private static Answer post(String path, DataItem item)
            throws IOException, InterruptedException {
        return send("POST", path, item.bytes(), ITEM);
    }

    private static Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, NOTHING, Map.of());
    }

    private static String of(Id process, String rest) {
        return "/" + process + "~process@1.0/" + rest;
    }

    private static DataItem message(String data) {
        return client.messageItem(process, "Say", data, Map.of());
    }

    private static int scheduled() throws Exception {
        return client.schedule(process).edges().size();
    }

    private static void assertRefused(Answer answer, int status, String... texts) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(NetworkClient.json(answer).path("error").asString()).contains(texts);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    }

    private static void assertRefusedAndNotScheduled(
            String path, byte[] body, int status, String... texts) throws Exception {
        int before = scheduled();
        assertRefused(send("POST", path, body, ITEM), status, texts);
        assertThat(scheduled()).isEqualTo(before);
    }

    @Test
    void shouldScheduleOnceWhatComesTwice() throws Exception {
        DataItem item = message("twice");
        Answer first = post(of(process, "push"), item);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        long slot = NetworkClient.json(first).path("slot").asLong();
        assertThat(slot).isPositive();
        assertThat(first.header("id")).isEqualTo(item.id().toString());
        assertThat(first.header("message")).isEqualTo(item.id().toString());
        assertThat(first.header("slot")).isEqualTo(Long.toString(slot));
        assertThat(first.header("process")).isEqualTo(process.toString());
        Answer second = post(of(process, "push"), item);
        assertThat(second.text()).isEqualTo(first.text());
        for (String place : List.of(Long.toString(slot), item.id().toString())) {
            Answer result = get(of(process, "compute/results=" + place));
            assertThat(result.status()).as(result.text()).isEqualTo(200);
            assertThat(NetworkClient.json(result).at("/raw/Output/data").asString())
                    .isEqualTo("twice");
            assertThat(NetworkClient.json(result).path("raw").has("Error")).isFalse();
        }
        Answer bare = get("/" + process + "/compute&slot=" + slot + "/results/raw");
        assertThat(NetworkClient.json(bare).at("/Output/data").asString()).isEqualTo("twice");
    }

    @Test
    void shouldSpawnWhatCanBeUsedAtOnce() throws Exception {
        DataItem item = client.processItem(module);
        Answer answer = post("/push", item);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("process")).isEqualTo(item.id().toString());
        assertThat(get("/" + item.id() + "/slot/current").text()).isEqualTo("0");
        Answer pushed =
                post(of(item.id(), "push"), client.messageItem(item.id(), "Say", "new", Map.of()));
        assertThat(NetworkClient.json(pushed).path("slot").asLong()).isEqualTo(1);
        assertThat(get("/" + item.id() + "/slot/current").text()).isEqualTo("1");
    }

    @Test
    void shouldRefuseASignatureThatIsNotTheOwnersAlsoForReads() throws Exception {
        byte[] forged = message("forged").bytes().clone();
        forged[forged.length - 1] ^= 1;
        for (String path :
                List.of(
                        of(process, "push"),
                        of(process, "compute/results=0"),
                        of(process, "slot/current"),
                        of(process, "as=execution/compute&Action=Say"))) {
            assertRefusedAndNotScheduled(path, forged, 400, "is not its owner's");
        }
        byte[] spawn = client.processItem(module).bytes().clone();
        spawn[100] ^= 1;
        assertRefused(send("POST", "/push", spawn, ITEM), 400, "signature");
        assertRefusedAndNotScheduled(
                of(process, "push"),
                "no item".getBytes(StandardCharsets.UTF_8),
                400,
                "no data item");
    }

    @Test
    void shouldRefuseATargetUnlikeThePath() throws Exception {
        Id other = client.spawn(module);
        byte[] item = client.messageItem(other, "Say", "astray", Map.of()).bytes();
        assertRefusedAndNotScheduled(
                of(process, "push"), item, 400, other.toString(), process.toString());
        assertRefusedAndNotScheduled(of(process, "compute/results=0"), item, 400, other.toString());
        assertThat(client.schedule(other).edges()).hasSize(1);
        byte[] aimless =
                client.sign(
                                new ItemBuilder()
                                        .tag("Data-Protocol", "ao")
                                        .tag("Type", "Message")
                                        .data("x"))
                        .bytes();
        assertRefusedAndNotScheduled(of(process, "push"), aimless, 400, "has no target");
    }

    @Test
    void shouldRefuseTheWrongType() throws Exception {
        assertRefusedAndNotScheduled("/push", message("x").bytes(), 400, "Type Process");
        byte[] spawn =
                client.sign(
                                new ItemBuilder()
                                        .target(process)
                                        .tag("Data-Protocol", "ao")
                                        .tag("Type", "Message")
                                        .tag("type", "Process")
                                        .tag("Module", module.toString())
                                        .tag("Scheduler", node.address())
                                        .data("x"))
                        .bytes();
        assertRefusedAndNotScheduled(of(process, "push"), spawn, 400, "Type Message");
        byte[] untyped =
                client.sign(new ItemBuilder().target(process).tag("Data-Protocol", "ao").data("x"))
                        .bytes();
        assertRefusedAndNotScheduled(of(process, "push"), untyped, 400, "no tag Type");
    }

    @Test
    void shouldRefuseWhatIsNotSigned() throws Exception {
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        assertRefused(send("POST", of(process, "push"), body, Map.of()), 400, "not signed");
        assertRefused(send("POST", of(process, "push"), NOTHING, Map.of()), 400, "signed");
        assertRefused(send("POST", "/push", NOTHING, Map.of()), 400, "signed");
        assertRefused(send("GET", of(process, "push"), NOTHING, Map.of()), 405, "POST");
        assertRefused(send("PUT", of(process, "slot/current"), NOTHING, Map.of()), 405, "PUT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/~cron@1.0/every",
                "/PROCESS",
                "/PROCESS~process@1.0/schedule",
                "/PROCESS~process@1.0/now",
                "/PROCESS~process@1.0/compute/results/raw/Output",
                "/not-an-id/slot/current"
            })
    void shouldNameWhatThereIsWhereThereIsNothing(String path) throws Exception {
        assertRefused(
                get(path.replace("PROCESS", process.toString())),
                404,
                "/~meta@1.0/info/address",
                "/push",
                "compute/results=SLOT",
                "as=execution");
    }

    @Test
    void shouldSayThatASlotOrAProcessIsNotThere() throws Exception {
        assertRefused(
                get(of(process, "compute/results=999999999999")),
                404,
                "no slot 999999999999 of process " + process);
        Id unknown = Id.parse("A".repeat(43));
        assertRefused(get(of(unknown, "compute/results=0")), 404, unknown.toString());
        assertRefused(get(of(unknown, "slot/current")), 404, unknown.toString());
        assertRefused(get(of(unknown, "as=execution/compute&Action=Say")), 404, "");
        assertRefused(get(of(process, "compute/results=" + unknown)), 404, "not found");
        assertRefused(get(of(process, "compute/results=../x")), 404, "");
        assertRefused(get(of(process, "compute/results=..%2Fx")), 400, "by slot");
        Answer pushed =
                post(of(unknown, "push"), client.messageItem(unknown, "Say", "x", Map.of()));
        assertRefused(pushed, 400, "messenger did not take it");
    }

    @Test
    void shouldAnswerInTheCodecThatIsAskedForOrNameThose() throws Exception {
        String path = of(process, "slot/current");
        Answer plain = get(path);
        assertThat(plain.header("content-type")).startsWith("text/plain");
        assertThat(plain.header("ao-result")).isEqualTo("body");
        assertThat(plain.header("content-digest")).startsWith("sha-256=:");
        Answer json = send("GET", path, NOTHING, Map.of("accept", "application/json"));
        assertThat(json.header("content-type")).startsWith("application/json");
        assertThat(json.text()).isEqualTo(plain.text());
        for (String header : List.of("accept", "accept-codec", "require-codec")) {
            assertRefused(
                    send("GET", path, NOTHING, Map.of(header, "flat@1.0")),
                    406,
                    "flat@1.0",
                    "application/json",
                    "httpsig@1.0");
        }
        Answer browser =
                send("GET", path, NOTHING, Map.of("accept", "text/html,image/webp,*/*;q=0.8"));
        assertThat(browser.status()).isEqualTo(200);
        DataItem wants =
                client.messageItem(process, "x", "x", Map.of("require-codec", "ans104@1.0"));
        assertRefusedAndNotScheduled(of(process, "push"), wants.bytes(), 406, "ans104@1.0");
    }

    @Test
    void shouldDryRunWithTagsThatTryToBreakOut() throws Exception {
        int before = scheduled();
        DataItem item = message("as it was");
        for (String tags :
                List.of(
                        "",
                        "&Action=Say",
                        "&A=1%26Owner%3Dx",
                        "&A=%22%7D%5D,%22Owner%22:%22x",
                        "&A=/../../push",
                        "&A=;a=b",
                        "&A=%00%0d%0aX:%20y",
                        "&Owner=somebody&Target=" + "A".repeat(43),
                        "&Type=Process&From-Process=" + "A".repeat(43))) {
            Answer answer = post(of(process, "as=execution/compute" + tags), item);
            assertThat(answer.status()).as(tags + " " + answer.text()).isEqualTo(200);
            assertThat(NetworkClient.json(answer).at("/raw/Output/data").asString())
                    .isEqualTo("as it was");
        }
        assertRefused(post(of(process, "as=execution/compute&A"), item), 400, "&Tag=Value");
        assertThat(scheduled()).isEqualTo(before);
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        assertRefused(
                send("POST", of(process, "push"), new byte[10 * 1024 * 1024 + 1], ITEM),
                413,
                "exceeds");
    }

    @Test
    void shouldServeBrowsers() throws Exception {
        Answer options = send("OPTIONS", of(process, "push"), NOTHING, Map.of());
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("access-control-allow-headers")).isEqualTo("*");
        assertThat(options.header("access-control-expose-headers")).isEqualTo("*");
        Answer head = send("HEAD", of(process, "slot/current"), NOTHING, Map.of());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        Answer address = get("/~meta@1.0/info/address");
        assertThat(address.text()).isEqualTo(node.address());
    }

    @Test
    void shouldBeAPartOfTheNode() throws Exception {
        get("/nothing/here");
        String metrics = client.get(node.ops() + "/metrics").text();
        assertThat(metrics)
                .contains(
                        "flywheel_mainnet_accepted_total",
                        "flywheel_mainnet_reads_total",
                        "flywheel_mainnet_refused_total",
                        "flywheel_mainnet_requests_in_flight");
        Map<String, String> urls = new HashMap<>();
        NetworkClient.json(client.get(node.ops() + "/status.json"))
                .path("units")
                .forEach(
                        unit ->
                                urls.put(
                                        unit.path("name").asString(), unit.path("url").asString()));
        assertThat(urls).containsEntry("mainnet", node.mainnet());
    }
}
