package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every valid item that the public libraries made, field by field. */
class GoldenItemsTest {
    private static final ItemVerifier VERIFIER = new ItemVerifier();

    @Test
    void shouldReadAndVerifyEveryValidItem() throws Exception {
        int read = 0;
        for (JsonNode line : Golden.lines("items/valid.jsonl.gz")) {
            if (line.get("signatureType").intValue() == 101) {
                continue; // no library verifies these, see shouldRefuseTypesWithoutVerifier
            }
            assertFields(line);
            read++;
        }
        assertThat(read).isEqualTo(186);
    }

    @Test
    void shouldRefuseTypesWithoutVerifier() {
        for (JsonNode line : Golden.lines("items/valid.jsonl.gz")) {
            if (line.get("signatureType").intValue() == 101) {
                assertThatThrownBy(() -> DataItem.parse(Golden.raw(line)))
                        .isInstanceOf(MalformedItemException.class)
                        .hasMessage("Unknown signature type: 101");
            }
        }
    }

    private static void assertFields(JsonNode line) throws MalformedItemException {
        byte[] raw = Golden.raw(line);
        String name = line.get("name").stringValue();
        DataItem item = DataItem.parse(raw);
        assertThat(item.signatureType().code())
                .as(name)
                .isEqualTo(line.get("signatureType").intValue());
        assertThat(item.id()).as(name).hasToString(line.get("id").stringValue());
        assertThat(Base64Url.encode(item.owner()))
                .as(name)
                .isEqualTo(line.get("owner").stringValue());
        assertThat(item.ownerAddress()).as(name).isEqualTo(line.get("address").stringValue());
        if (line.has("evmAddress")) {
            assertThat(item.ownerAoAddress())
                    .as(name)
                    .isEqualTo(line.get("evmAddress").stringValue());
        } else {
            assertThat(item.ownerAoAddress()).as(name).isEqualTo(item.ownerAddress());
        }
        assertThat(Base64Url.encode(item.signature()))
                .as(name)
                .isEqualTo(line.get("signature").stringValue());
        Id target = item.target();
        assertThat(target == null ? "" : target.toString())
                .as(name)
                .isEqualTo(line.get("target").stringValue());
        byte[] anchor = item.anchor();
        assertThat(anchor == null ? "" : Base64Url.encode(anchor))
                .as(name)
                .isEqualTo(line.get("anchor").stringValue());
        assertThat(item.tags()).as(name).isEqualTo(Golden.tags(line.get("tags")));
        assertThat(Base64Url.encode(item.rawTags()))
                .as(name)
                .isEqualTo(line.get("tagBytes").stringValue());
        assertThat(item.dataLength()).as(name).isEqualTo(line.get("dataSize").intValue());
        assertThat(HexFormat.of().formatHex(Id.sha256(item.dataBytes()).bytes()))
                .as(name)
                .isEqualTo(line.get("dataSha256").stringValue());
        assertThat(HexFormat.of().formatHex(DeepHash.ofItem(item)))
                .as(name)
                .isEqualTo(line.get("signatureData").stringValue());
        assertThat(VERIFIER.verify(item)).as(name).isTrue();
        assertThat(item.bytes()).as(name).isSameAs(raw);
    }
}
