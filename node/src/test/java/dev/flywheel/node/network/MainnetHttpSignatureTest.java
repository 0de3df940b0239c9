package dev.flywheel.node.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tags;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the mainnet front that are signed as such, in the form of today's nodes. */
class MainnetHttpSignatureTest {
    private static final byte[] NOTHING = {};

    @TempDir static Path directory;

    private static RunningNode node;
    private static NetworkClient client;
    private static HttpCalls calls;
    private static HttpSigner signer;
    private static Id module;
    private static Id process;

    @BeforeAll
    static void start() throws Exception {
        node = RunningNode.start("node", directory.resolve("node"));
        client = new NetworkClient(node);
        calls = new HttpCalls(HttpCallLimits.betweenUnits());
        signer = new HttpSigner();
        module = client.module("echo", Modules.guest("echo"), Map.of());
        process = client.spawn(module);
    }

    @AfterAll
    static void stop() {
        calls.close();
        client.close();
        node.close();
    }

    private static Answer post(String path, Map<String, String> headers, byte[] body)
            throws Exception {
        return calls.send(new Call("POST", URI.create(node.mainnet() + path), headers, body));
    }

    private static Answer push(Map<String, String> headers, byte[] body) throws Exception {
        return post("/" + process + "~process@1.0/push", headers, body);
    }

    private static Map<String, String> message(String... namesAndValues) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("target", process.toString());
        headers.put("type", "Message");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private static ScheduledEntry.MessagePart scheduled(Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        int slot = NetworkClient.json(answer).path("slot").asInt();
        return Objects.requireNonNull(client.schedule(process).edges().get(slot).node().message());
    }

    private static void assertRefused(Answer answer, String text) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(NetworkClient.json(answer).path("error").asString()).contains(text);
    }

    @Test
    void shouldScheduleWhatIsSignedAndNothingElse() throws Exception {
        Map<String, String> signed =
                signer.sign(
                        message(
                                "action", "Say",
                                "x-mixed-case", "kept",
                                "%51uoted", "too",
                                "from-process", "B".repeat(43),
                                "from-authority", node.address(),
                                "forwarded-by", "nobody",
                                "pushed-for", "C".repeat(43),
                                "ao-types", "count=\"integer\", nothing=\"empty-binary\"",
                                "count", "42",
                                "data", "plain"),
                        NOTHING);
        signed.put("injected", "by somebody on the way");
        signed.put("ao-body-key", "action");
        ScheduledEntry.MessagePart part = scheduled(push(signed, NOTHING));
        assertThat(part.tags())
                .isEqualTo(
                        Tags.ofPairs(
                                "Action", "Say",
                                "Count", "42",
                                "Nothing", "",
                                "Quoted", "too",
                                "X-Mixed-Case", "kept",
                                "Data-Protocol", "ao",
                                "Type", "Message",
                                "Variant", "ao.N.1",
                                "From-Process", signer.address()));
        assertThat(part.owner().address()).isEqualTo(node.address());
        assertThat(part.target()).isEqualTo(process.toString());
    }

    @Test
    void shouldTakeABodyForTheKeyThatIsSignedForIt() throws Exception {
        byte[] body = "line one\nline two\r\n".getBytes(UTF_8);
        Map<String, String> data = message("action", "Say", "ao-body-key", "data");
        assertThat(scheduled(push(signer.sign(data, body), body)).data())
                .isEqualTo("line one\nline two\r\n");
        assertThat(scheduled(push(signer.sign(message("action", "Say"), body), body)).data())
                .as("the key body is data where there is no other")
                .isEqualTo("line one\nline two\r\n");
        Map<String, String> note = message("data", "d", "inline-body-key", "Note");
        ScheduledEntry.MessagePart noted = scheduled(push(signer.sign(note, body), body));
        assertThat(noted.data()).isEqualTo("d");
        assertThat(noted.tags().first("Note")).isEqualTo("line one\nline two\r\n");
    }

    @Test
    void shouldTakeAMultipartBodyOfPlainValues() throws Exception {
        byte[] body =
                """
                --b42
                content-disposition: form-data;name="note"

                one
                two
                --b42
                content-disposition: inline

                the data
                --b42--"""
                        .replace("\n", "\r\n")
                        .getBytes(UTF_8);
        Map<String, String> headers =
                message(
                        "ao-body-key",
                        "data",
                        "content-type",
                        "multipart/form-data; boundary=\"b42\"");
        ScheduledEntry.MessagePart part = scheduled(push(signer.sign(headers, body), body));
        assertThat(part.data()).isEqualTo("the data");
        assertThat(part.tags().first("Note")).isEqualTo("one\r\ntwo");
        assertThat(part.tags().has("Content-Type")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--b\r\ncontent-disposition: form-data;name=\"a/b\"\r\n\r\nx\r\n--b--",
                "--b\r\ncontent-disposition: form-data;name=\"a\"\r\nmore: 1\r\n\r\nx\r\n--b--",
                "--b\r\ncontent-disposition: form-data;name=\"a\"\r\n--b--",
                "--b\r\ncontent-disposition: form-data;name=\"a\"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data;name=\"A\"\r\n\r\nx\r\n--b--",
                "--b\r\n--b--",
                "--b--",
                "nothing of the kind"
            })
    void shouldRefuseAnyOtherMultipartBody(String text) throws Exception {
        byte[] body = text.getBytes(UTF_8);
        Map<String, String> headers = message("content-type", "multipart/form-data; boundary=b");
        assertRefused(push(signer.sign(headers, body), body), "multipart body is not taken");
    }

    @Test
    void shouldScheduleASignatureOnceHoweverOftenItComes() throws Exception {
        Map<String, String> signed = signer.sign(message("data", "again"), NOTHING);
        Answer first = push(signed, NOTHING);
        scheduled(first);
        int before = client.schedule(process).edges().size();
        assertThat(push(signed, NOTHING).text()).isEqualTo(first.text());
        assertThat(client.schedule(process).edges()).hasSize(before);
        Answer other = push(signer.sign(message("data", "again"), NOTHING), NOTHING);
        scheduled(other);
        assertThat(other.text()).isNotEqualTo(first.text());
    }

    @Test
    void shouldRefuseWhatDoesNotHold() throws Exception {
        Map<String, String> signed = signer.sign(message("data", "x"), NOTHING);
        for (String name : List.of("data", "target", "type")) {
            Map<String, String> changed = new LinkedHashMap<>(signed);
            changed.merge(name, "x", String::concat);
            assertRefused(push(changed, NOTHING), "does not fit what it covers");
        }
        for (String name : List.of("signature", "signature-input")) {
            Map<String, String> without = new LinkedHashMap<>(signed);
            without.remove(name);
            assertRefused(push(without, NOTHING), "no header " + name);
        }
        assertRefused(push(signed, new byte[] {1}), "does not cover the body");
        byte[] body = "body".getBytes(UTF_8);
        assertRefused(
                push(signer.sign(message(), body), "other".getBytes(UTF_8)),
                "content-digest is not that of the body");
        String slot = "/" + process + "/slot/current";
        Map<String, String> changed = new LinkedHashMap<>(signed);
        changed.put("data", "y");
        assertRefused(post(slot, changed, NOTHING), "does not fit what it covers");
        assertThat(post(slot, signed, NOTHING).status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWhatTheNodesKeyMustNotSign() throws Exception {
        for (String type : List.of("Assignment", "Process", "Scheduler-Location", "message")) {
            assertRefused(
                    push(signer.sign(message("type", type), NOTHING), NOTHING),
                    "takes items of Type Message");
            assertRefused(
                    post("/push", signer.sign(Map.of("type", "Assignment"), NOTHING), NOTHING),
                    "takes items of Type Process");
        }
        assertRefused(
                push(signer.sign(Map.of("data", "for anybody"), NOTHING), NOTHING),
                "has no target");
        Id other = client.spawn(module);
        assertRefused(
                push(signer.sign(message("target", other.toString()), NOTHING), NOTHING),
                other.toString());
        assertRefused(push(signer.sign(message("target", "x"), NOTHING), NOTHING), "no id");
        assertRefused(
                push(signer.sign(message("data-protocol", "zone"), NOTHING), NOTHING),
                "must be ao");
        assertRefused(
                push(signer.sign(message("ao-types", "items=list"), NOTHING), NOTHING),
                "tags hold text");
        assertRefused(
                push(signer.sign(message("long", "x".repeat(5_000)), NOTHING), NOTHING),
                "does not fit into an item");
        assertRefused(
                push(signer.sign(message("a", "x", "%61", "y"), NOTHING), NOTHING), "comes twice");
    }

    @Test
    void shouldSpawnForTheSigner() throws Exception {
        Map<String, String> spawn = new LinkedHashMap<>();
        spawn.put("type", "Process");
        spawn.put("module", module.toString());
        spawn.put("scheduler", node.address());
        spawn.put("authority", node.address());
        Map<String, String> signed = signer.sign(spawn, NOTHING);
        Answer answer = post("/push", signed, NOTHING);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        Id spawned = Id.parse(Objects.requireNonNull(answer.header("process")));
        Tags tags =
                Objects.requireNonNull(client.schedule(spawned).edges().getFirst().node().message())
                        .tags();
        assertThat(tags.first("From-Process")).isEqualTo(signer.address());
        assertThat(tags.first("Module")).isEqualTo(module.toString());
        assertThat(post("/push", signed, NOTHING).text()).isEqualTo(answer.text());
    }

    @Test
    void shouldDryRunForTheSigner() throws Exception {
        int before = client.schedule(process).edges().size();
        Answer answer =
                post(
                        "/" + process + "~process@1.0/as=execution/compute&Action=Say",
                        signer.sign(message("data", "dry"), NOTHING),
                        NOTHING);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(NetworkClient.json(answer).at("/raw/Output/data").asString()).isEqualTo("dry");
        assertThat(client.schedule(process).edges()).hasSize(before);
    }
}
