package dev.flywheel.cu.guest.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestMemoryTextTest {

    /** Replacement characters as a decoder of the web places them (R for each). */
    @ParameterizedTest
    @CsvSource({
        "61, a",
        "EDA080, RRR",
        "EDBFBF61, RRRa",
        "EDA0, RR",
        "ED9FBF, \uD7FF",
        "ED, R",
        "61FFFEC328E28220, aRRR(R ",
        "F09F98, R",
        "F4908080, RRRR",
        "C080, RR",
        "EDA080EDB080, RRRRRR",
    })
    void shouldDecodeAsTheWeb(String hex, String expected) {
        String text = GuestMemory.decode(HexFormat.of().parseHex(hex));
        assertThat(text.replace('\uFFFD', 'R').strip()).isEqualTo(expected.strip());
    }

    @Test
    void shouldCutCStringsAtTheirLimit() {
        GuestMemory memory = new GuestMemory(4);
        memory.bind(MemorySegment.ofArray("?abc".getBytes(StandardCharsets.US_ASCII)));
        assertThat(memory.cString(1, 2)).containsExactly('a', 'b');
        assertThat(memory.cString(1, 100)).hasSize(3);
        assertThat(memory.cString(0, 100)).isEmpty();
        assertThat(memory.cString(4, 100)).isEmpty();
    }
}
