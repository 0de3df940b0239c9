package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Ids, tags, addresses and text: the vectors of the protocol specification and what lies around
 * them.
 */
class TextFormsTest {
    private static final String ID = "4iZaXaryQ3eeCDB_2ZS4WmET6DTm35QukI6dNEhQPmw";

    @Test
    void shouldReadAndWriteIds() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[32];
            random.nextBytes(bytes);
            Id id = Id.of(bytes);
            assertThat(Id.parse(id.toString())).isEqualTo(id).hasSameHashCodeAs(id);
            assertThat(id.bytes()).isEqualTo(bytes);
            assertThat(id).hasToString(Base64Url.encode(bytes));
            byte[] other = bytes.clone();
            other[random.nextInt(32)] ^= (byte) 0x80;
            assertThat(id.compareTo(Id.of(other)))
                    .isEqualTo(Arrays.compareUnsigned(bytes, other) > 0 ? 1 : -1);
            assertThat(id).isNotEqualTo(Id.of(other)).isEqualByComparingTo(Id.of(bytes.clone()));
        }
    }

    @Test
    void shouldRefuseWhatIsNoId() {
        assertThat(Id.isId(ID)).isTrue();
        for (String text :
                List.of(
                        "",
                        ID + "A",
                        ID.substring(1),
                        ID.replace('_', '/'),
                        ID.replace('w', '='),
                        " " + ID)) {
            assertThat(Id.isId(text)).as(text).isFalse();
        }
        // The last character carries two spare bits: only one of four spellings is the id's.
        assertThat(Id.isId(ID.substring(0, 42) + "x")).isFalse();
        assertThat(Id.parseOrNull(null)).isNull();
        assertThatThrownBy(() -> Id.parse("x".repeat(5000)))
                .hasMessageContaining("length=5000")
                .message()
                .hasSizeLessThan(150);
        assertThatThrownBy(() -> Id.of(new byte[31])).hasMessageContaining("32 bytes");
    }

    @Test
    void shouldEncodeTagsAsSpecified() throws Exception {
        Tags tags = Tags.ofPairs("Data-Protocol", "ao", "Type", "Message");
        String hex = "041a446174612d50726f746f636f6c04616f08547970650e4d65737361676500";
        assertThat(HexFormat.of().formatHex(tags.encode())).isEqualTo(hex);
        assertThat(Tags.decode(HexFormat.of().parseHex(hex))).isEqualTo(tags);
        assertThat(Tags.EMPTY.encode()).isEmpty();
        assertThat(Tags.decode(new byte[0])).isEqualTo(Tags.EMPTY);
    }

    @Test
    void shouldLookTagsUpInOrder() {
        Tags tags = Tags.ofPairs("A", "1", "B", "2", "A", "3", "a", "4");
        assertThat(tags.first("A")).isEqualTo("1");
        assertThat(tags.first("C")).isNull();
        assertThat(tags.firstOr("C", "x")).isEqualTo("x");
        assertThat(tags.all("A")).containsExactly("1", "3");
        assertThat(tags.contains("A", "3")).isTrue();
        assertThat(tags.contains("A", "4")).isFalse();
        assertThat(tags.has("a")).isTrue();
        assertThat(tags.without("A", "a")).isEqualTo(Tags.ofPairs("B", "2"));
        assertThat(tags.without("C")).isSameAs(tags);
        assertThat(tags.with("D", "5")).hasSize(5).endsWith(new Tag("D", "5"));
        assertThatThrownBy(() -> Tags.ofPairs("A")).hasMessageContaining("pairs");
    }

    @Test
    void shouldChecksumEthereumAddresses() {
        assertThat(
                        address(
                                "BEZGrlBHMWtCMNAIbIrOxofwCxzZ0dxjT2yzWKwKmo___ne03QpL-5WFHztzVceB3WD4QY_Ipl0UkHr_R8kDpVk"))
                .isEqualTo("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c");
        assertThat(
                        address(
                                "BOaKz8AlOhBiDf9wawobHx9YM-o76zveIlDV8nHzVjYGZy68ReC36i6BbstwygMTexyUdu7GPUYy6ZACC3tvujk"))
                .isEqualTo("0x90F8bf6A479f320ead074411a4B0e7944Ea8c9C1");
        assertThatThrownBy(() -> EthereumAddress.ofPublicKey(new byte[64]))
                .hasMessageContaining("65 bytes");
    }

    @Test
    void shouldShowProcessesTheEthereumAddressOfAnOwner() {
        String key =
                "BEZGrlBHMWtCMNAIbIrOxofwCxzZ0dxjT2yzWKwKmo___ne03QpL-5WFHztzVceB3WD4QY_Ipl0UkHr_R8kDpVk";
        assertThat(new Owner("plain", key).aoAddress())
                .isEqualTo("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c");
        assertThat(new Owner("plain", null).aoAddress()).isEqualTo("plain");
        assertThat(new Owner("plain", "A".repeat(683)).aoAddress()).isEqualTo("plain");
        assertThat(new Owner("plain", "!".repeat(87)).aoAddress()).isEqualTo("plain");
    }

    @Test
    void shouldDecodeTextAsWhatwgDoes() {
        // ED A0 80 is an encoded surrogate: three replacements, where Java makes one.
        assertThat(decode("61eda08062")).isEqualTo("a\uFFFD\uFFFD\uFFFDb");
        assertThat(decode("edbfbfeda080")).isEqualTo("\uFFFD".repeat(6));
        assertThat(decode("eda0")).isEqualTo("\uFFFD\uFFFD");
        assertThat(decode("ed9fbf")).isEqualTo("\uD7FF");
        assertThat(decode("61fffec328e28220")).isEqualTo("a\uFFFD\uFFFD\uFFFD(\uFFFD ");
        assertThat(decode("f0908028ed")).isEqualTo("\uFFFD(\uFFFD");
        assertThat(Utf8.decodeOrNull(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, 0, 3))
                .isNull();
        assertThat(Utf8.encode("a\uD83Db\uD83D\uDE00\uDE00"))
                .isEqualTo(HexFormat.of().parseHex("61efbfbd62f09f9880efbfbd"));
    }

    private static String address(String key) {
        return EthereumAddress.ofPublicKey(Base64Url.decode(key));
    }

    private static String decode(String hex) {
        return Utf8.decodeLossy(HexFormat.of().parseHex(hex));
    }
}
