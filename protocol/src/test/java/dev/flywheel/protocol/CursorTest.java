package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CursorTest {
    @Test
    void shouldEncodeStandardBase64OfTheReferencesJson() {
        String text = new Cursor(1735689601000L, "12", "0-10-blocks", "ASC").encode();
        assertThat(new String(Base64.getDecoder().decode(text), UTF_8))
                .isEqualTo(
                        "{\"timestamp\":1735689601000,\"ordinate\":\"12\",\"cron\":\"0-10-blocks\",\"sort\":\"ASC\"}");
        assertThat(
                        new String(
                                Base64.getDecoder().decode(new Cursor(1, "2", null, null).encode()),
                                UTF_8))
                .isEqualTo("{\"timestamp\":1,\"ordinate\":\"2\"}");
    }

    @Test
    void shouldReadWhatItWroteHoweverAQueryMangledIt() {
        for (int i = 0; i < 50; i++) {
            Cursor cursor =
                    new Cursor(
                            i * 7919L,
                            "?>~" + "x".repeat(i),
                            i % 2 == 0 ? null : "c\u00ff\u00fe",
                            "DESC");
            String text = cursor.encode();
            assertThat(Cursor.parse(text)).isEqualTo(cursor);
            assertThat(Cursor.parse(text.replace("=", ""))).isEqualTo(cursor);
            assertThat(Cursor.parse(text.replace('+', ' '))).isEqualTo(cursor);
            assertThat(Cursor.parse(text.replace('+', '-').replace('/', '_'))).isEqualTo(cursor);
        }
    }

    @Test
    void shouldReadBareTimestampsAndNumericOrdinates() {
        assertThat(Cursor.parse("1735689601000"))
                .isEqualTo(new Cursor(1735689601000L, null, null, null));
        assertThat(Cursor.parse(" 7 ")).isEqualTo(new Cursor(7, null, null, null));
        assertThat(Cursor.parse(base64("{\"timestamp\":\"5\",\"ordinate\":3,\"cron\":null}")))
                .isEqualTo(new Cursor(5, "3", null, null));
    }

    @Test
    void shouldRefuseWhatIsNoCursor() {
        for (String text :
                List.of(
                        "",
                        "x",
                        "-1",
                        "1.5",
                        "9".repeat(40),
                        base64("[]"),
                        base64("{}"),
                        base64("{\"timestamp\":1.5}"))) {
            assertThatThrownBy(() -> Cursor.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Not a cursor");
        }
        assertThatThrownBy(() -> Cursor.parse("A".repeat(5000))).hasMessageContaining("at most");
    }

    private static String base64(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
    }
}
