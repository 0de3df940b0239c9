package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Every item with one thing wrong or odd. Our verdict is that of arbundles, with which the
 * reference's messenger verifies, except for the rows of COMPATIBILITY.md.
 */
class GoldenBrokenItemsTest {
    private static final ItemVerifier VERIFIER = new ItemVerifier();

    /** Name patterns on which we differ, with our verdict. Each stands in COMPATIBILITY.md. */
    private static final Map<String, String> DIFFERENCES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("(arweave|ed25519|ethereum)/tag-count-0", "refuse"),
                            Map.entry("tags/(bytes|garbage)-but-count-0/type-[12]", "refuse"),
                            Map.entry("presence/type-[123]/(2-0|0-2|255-128)", "refuse"),
                            Map.entry("tags/negative-count-wrong-size/type-[12]", "refuse"),
                            Map.entry("tags/no-terminator/type-[12]", "refuse"),
                            Map.entry("tags/bytes-after-terminator/type-[12]", "refuse"),
                            Map.entry("(arweave|ed25519|ethereum)/type-6", "refuse"),
                            Map.entry("multiAptos/no-bits(-no-signatures)?", "refuse"),
                            Map.entry("multiAptos/below-threshold", "refuse"),
                            Map.entry("multiAptos/threshold-above-signers", "refuse"),
                            Map.entry("multiAptos/unclaimed-slot-filled", "refuse"),
                            Map.entry(
                                    "ed25519/(identity-key-and-r|small-order-key|identity-not-canonical)",
                                    "refuse"),
                            Map.entry("ed25519/type-4-raw-form", "accept"),
                            Map.entry("ethereum/flip-signature--1-1", "refuse"),
                            Map.entry("ethereum/v-(other|0|1|26|29|37|255)", "refuse"),
                            Map.entry("ethereum/owner-prefix-7", "refuse"),
                            Map.entry("typedEthereum/v-0-or-1", "refuse")));

    @Test
    void shouldGiveTheReferencesVerdictOrADocumentedOne() {
        List<String> surprises = new ArrayList<>();
        TreeMap<String, Integer> used = new TreeMap<>();
        DIFFERENCES.keySet().forEach(pattern -> used.put(pattern, 0));
        for (JsonNode line : Golden.lines("items/broken.jsonl.gz")) {
            String name = line.get("name").stringValue();
            if (!line.has("raw")) {
                assertThat(name).isEqualTo("rsa/2048-as-made"); // the library makes no such item
                continue;
            }
            boolean reference =
                    line.get("verdicts").get("arbundles").stringValue().equals("accept");
            boolean ours = verdict(Golden.raw(line));
            String pattern = difference(name);
            boolean expected =
                    pattern == null ? reference : "accept".equals(DIFFERENCES.get(pattern));
            if (pattern != null) {
                used.merge(pattern, 1, Integer::sum);
                if (expected == reference) {
                    surprises.add(name + " is listed as a difference and is none");
                }
            }
            if (ours != expected) {
                surprises.add(
                        name + " (" + line.get("change").stringValue() + "): accepted=" + ours);
            }
        }
        assertThat(surprises).isEmpty();
        assertThat(used).as("every listed difference occurs").doesNotContainValue(0);
    }

    @Test
    void shouldDocumentEveryDifference() throws IOException {
        String document = Files.readString(Path.of("COMPATIBILITY.md")).replace("\\|", "|");
        assertThat(DIFFERENCES.keySet())
                .allSatisfy(pattern -> assertThat(document).contains("`" + pattern + "`"));
    }

    @Test
    void shouldReadAcceptedOddItemsAsTheReferenceDoes() throws MalformedItemException {
        int compared = 0;
        for (JsonNode line : Golden.lines("items/broken.jsonl.gz")) {
            if (!line.has("raw") || !verdict(Golden.raw(line))) {
                continue;
            }
            DataItem item = DataItem.parse(Golden.raw(line));
            String name = line.get("name").stringValue();
            JsonNode parsed = line.get("parsed");
            assertThat(item.id()).as(name).hasToString(parsed.get("id").stringValue());
            assertThat(item.tags()).as(name).isEqualTo(Golden.tags(parsed.get("tags")));
            compared++;
        }
        assertThat(compared).isGreaterThan(40);
    }

    private static boolean verdict(byte[] raw) {
        try {
            return VERIFIER.verify(DataItem.parse(raw));
        } catch (MalformedItemException e) {
            assertThat(e).hasMessageMatching("(?s).{10,300}");
            return false;
        }
    }

    private static @Nullable String difference(String name) {
        return DIFFERENCES.keySet().stream().filter(name::matches).findFirst().orElse(null);
    }
}
