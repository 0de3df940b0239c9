package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DeepHashTest {
    private static final Id PROCESS = Id.parse("4iZaXaryQ3eeCDB_2ZS4WmET6DTm35QukI6dNEhQPmw");
    private static final String ANCHOR = "00000000000000000000000000000001";

    @Test
    void shouldMatchEveryRecordedHash() throws Exception {
        int count = 0;
        for (JsonNode vector : Golden.json("items/deephash.json")) {
            String name = vector.get("name").stringValue();
            // Vectors of whole items leave long fields out; the items themselves are in another
            // file.
            byte[] hash =
                    name.startsWith("item ")
                            ? DeepHash.ofItem(
                                    DataItem.parse(item(name.substring("item ".length()))))
                            : DeepHash.of(part(vector.get("trace")));
            assertThat(HexFormat.of().formatHex(hash))
                    .as(name)
                    .isEqualTo(vector.get("hash").stringValue());
            count++;
        }
        assertThat(count).isGreaterThan(10);
    }

    @Test
    void shouldMatchTheVectorOfTheProtocolSpecification() {
        Tags tags = Tags.ofPairs("Data-Protocol", "ao", "Type", "Message");
        byte[] hash =
                DeepHash.ofItemParts(
                        1,
                        new byte[0],
                        PROCESS.bytes(),
                        ANCHOR.getBytes(UTF_8),
                        tags.encode(),
                        "ping".getBytes(UTF_8));
        String expected = "PeSuCumpz7jWaQEhoSkcXc8Du0aIJ/NBqVTUUU8UD0PFSlUKTQcZS+Xtqxj0uVGQ";
        assertThat(Base64.getEncoder().encodeToString(hash)).isEqualTo(expected);
        assertThat(DeepHash.forComputeUnit("ping", tags, PROCESS, ANCHOR)).isEqualTo(expected);
        assertThat(HexFormat.of().formatHex(DeepHash.of(new DeepHash.Blob(new byte[0]))))
                .startsWith("fbf00cc444f5fea9dc3bedf62a13fba8");
    }

    @Test
    void shouldRecogniseAPushedMessageWhateverItsRootAndTagOrder() throws Exception {
        Ed25519Key one = Ed25519Key.ofSeed(new byte[32]);
        DataItem first = item(one, "Pushed-For", "root-1", "A", "1", "B", "2");
        DataItem second =
                item(
                        Ed25519Key.solana(HexFormat.of().parseHex("01".repeat(32))),
                        "B",
                        "2",
                        "A",
                        "1",
                        "Pushed-For",
                        "root-2");
        assertThat(DeepHash.forScheduler(first))
                .isEqualTo(DeepHash.forScheduler(second))
                .hasSize(64);
        assertThat(DeepHash.forScheduler(item(one, "A", "2", "B", "2")))
                .isNotEqualTo(DeepHash.forScheduler(first));
        // The sorted form of tags that are in order already is the plain deep hash.
        byte[] plain =
                DeepHash.ofItemParts(
                        1,
                        new byte[0],
                        PROCESS.bytes(),
                        ANCHOR.getBytes(UTF_8),
                        Tags.ofPairs("A", "1", "B", "2").encode(),
                        "ping".getBytes(UTF_8));
        assertThat(DeepHash.forScheduler(first)).isEqualTo(Base64Url.encode(plain));
    }

    @Test
    void shouldSortTagsByTheirUtf8BytesNotByJavasChars() {
        // U+FF5E is above the surrogates in Java's order, but below U+1F600 in UTF-8.
        Tags sorted = Tags.ofPairs("\uFF5E", "1", "\uD83D\uDE00", "2");
        Tags reversed = Tags.ofPairs("\uD83D\uDE00", "2", "\uFF5E", "1");
        byte[] none = new byte[0];
        String hash =
                Base64Url.encode(DeepHash.ofItemParts(1, none, none, none, sorted.encode(), none));
        assertThat(DeepHash.forScheduler(none, none, reversed, none)).isEqualTo(hash);
    }

    @Test
    void shouldTellTheComputeUnitThatAnAnchorMakesNoItem() {
        assertThatThrownBy(() -> DeepHash.forComputeUnit("", Tags.EMPTY, PROCESS, "short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Anchor must be 32 bytes");
    }

    private static byte[] item(String name) {
        return Golden.lines("items/valid.jsonl.gz").stream()
                .filter(line -> line.get("name").stringValue().equals(name))
                .map(Golden::raw)
                .findFirst()
                .orElseThrow();
    }

    private static DataItem item(Signer signer, String... tags) {
        return new ItemBuilder()
                .target(PROCESS)
                .anchor(ANCHOR)
                .tags(Tags.ofPairs(tags))
                .data("ping")
                .sign(signer);
    }

    private static DeepHash.Part part(JsonNode trace) {
        if (trace.has("dataLength")) {
            return new DeepHash.Blob(repeated("Flywheel ", trace.get("dataLength").intValue()));
        }
        if (trace.get("kind").stringValue().equals("blob")) {
            return new DeepHash.Blob(HexFormat.of().parseHex(trace.get("data").stringValue()));
        }
        List<DeepHash.Part> parts = new ArrayList<>();
        trace.get("elements").forEach(element -> parts.add(part(element)));
        return new DeepHash.Parts(parts);
    }

    private static byte[] repeated(String text, int length) {
        return text.repeat(length / text.length() + 1).substring(0, length).getBytes(UTF_8);
    }
}
