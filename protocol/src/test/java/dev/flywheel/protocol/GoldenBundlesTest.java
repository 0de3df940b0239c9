package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Bundles that the public libraries made, and broken ones. */
class GoldenBundlesTest {
    private static final ItemVerifier VERIFIER = new ItemVerifier();

    /** Broken bundles that the references take and we do not, see COMPATIBILITY.md. */
    private static final Set<String> STRICTER =
            Set.of(
                    "broken/id-in-header",
                    "broken/cut-in-item",
                    "broken/trailing-bytes",
                    "broken/no-bytes");

    @Test
    void shouldReadAndRebuildEveryGoodBundle() throws Exception {
        int read = 0;
        for (JsonNode line : Golden.lines("items/bundles.jsonl.gz")) {
            String name = line.get("name").stringValue();
            if (name.startsWith("broken/")) {
                continue;
            }
            byte[] raw = Golden.raw(line);
            Bundle bundle = Bundle.parse(raw);
            JsonNode verdict = line.get("verdicts").get("arbundles");
            assertThat(ids(bundle)).as(name).isEqualTo(texts(verdict.get("ids")));
            assertThat(bundle.items()).as(name).allMatch(VERIFIER::verify);
            assertThat(Bundle.build(bundle.items())).as(name).isEqualTo(raw);
            read++;
        }
        assertThat(read).isEqualTo(8);
    }

    @Test
    void shouldReadBundlesInsideItems() throws Exception {
        for (JsonNode line : Golden.lines("items/bundles.jsonl.gz")) {
            if (line.get("name").stringValue().equals("nested")) {
                DataItem outer = Bundle.parse(Golden.raw(line)).items().getFirst();
                assertThat(outer.tags()).contains(Bundle.FORMAT, Bundle.VERSION);
                assertThat(Bundle.parse(outer.dataBytes()).items()).hasSize(3);
            }
        }
    }

    @Test
    void shouldRefuseWhatTheReferenceRefusesAndMore() {
        int refused = 0;
        for (JsonNode line : Golden.lines("items/bundles.jsonl.gz")) {
            String name = line.get("name").stringValue();
            if (!name.startsWith("broken/")) {
                continue;
            }
            JsonNode verdict = line.get("verdicts").get("arbundles");
            boolean reference =
                    verdict.path("verify").isBoolean() && verdict.get("verify").booleanValue();
            assertThat(accepts(Golden.raw(line)))
                    .as(name)
                    .isEqualTo(reference && !STRICTER.contains(name));
            refused++;
        }
        assertThat(refused).isEqualTo(13);
    }

    @Test
    void shouldRefuseAClaimedCountBeforeMakingRoomForIt() {
        byte[] claim = new byte[32];
        claim[3] = 0x7F;
        assertThatThrownBy(() -> Bundle.parse(claim))
                .isInstanceOf(MalformedItemException.class)
                .hasMessageContaining("cannot hold their headers");
    }

    private static boolean accepts(byte[] raw) {
        try {
            return Bundle.parse(raw).items().stream().allMatch(VERIFIER::verify);
        } catch (MalformedItemException e) {
            return false;
        }
    }

    private static List<String> ids(Bundle bundle) {
        return bundle.items().stream().map(item -> item.id().toString()).toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.stringValue()));
        return texts;
    }
}
