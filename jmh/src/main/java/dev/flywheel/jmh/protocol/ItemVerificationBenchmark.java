package dev.flywheel.jmh.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.SignatureType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From the bytes of a data item to the verdict on its signature: parsed, deep-hashed, verified, one
 * after the other on one thread. The items are those of the recorded vectors that are not larger
 * than 8 KiB; {@code jmh/peers/arbundles/bench.mjs} verifies the same ones. Run: {@code jmh/run.sh
 * protocol}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by the harness
public class ItemVerificationBenchmark {

    /** Messages are small; the one vector of 1 MiB would measure hashing only. */
    private static final int ITEM_BYTES_MAX = 8 << 10;

    @Param({"ARWEAVE", "ETHEREUM", "ED25519", "SOLANA"})
    public SignatureType type;

    private final ItemVerifier verifier = new ItemVerifier();
    private byte[][] items;
    private int next;

    @Setup
    public void read() throws IOException, MalformedItemException {
        ItemVerifier.prepare();
        // Set by jmh/run.sh; the default serves a run from the repository's root.
        Path vectors =
                Path.of(
                        System.getProperty(
                                "flywheel.bench.items",
                                "protocol/src/test/resources/golden/items/valid.jsonl.gz"));
        List<byte[]> found = new ArrayList<>();
        JsonMapper json = JsonMapper.builder().build();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(vectors)), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode vector = json.readTree(line);
                byte[] raw = Base64.getUrlDecoder().decode(vector.get("raw").stringValue());
                if (raw.length <= ITEM_BYTES_MAX
                        && vector.get("signatureType").intValue() == type.code()) {
                    found.add(raw);
                }
            }
        }
        items = found.toArray(byte[][]::new);
        if (items.length == 0) {
            throw new IllegalStateException(
                    "no items of this type: file=" + vectors + " type=" + type);
        }
        for (int i = 0; i < items.length; i++) {
            parseAndVerify();
        }
    }

    @Benchmark
    public DataItem parseAndVerify() throws MalformedItemException {
        DataItem item = DataItem.parse(items[next]);
        next = next + 1 == items.length ? 0 : next + 1;
        if (!verifier.verify(item)) {
            throw new IllegalStateException("a valid item was refused: id=" + item.id());
        }
        return item;
    }
}
