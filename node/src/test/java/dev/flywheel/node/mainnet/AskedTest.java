package dev.flywheel.node.mainnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AskedTest {
    private static final String PROCESS = "Ge1Av2LDmbhJLv2luakYS2jPTZ1KFls4VXudFCAdDAM";
    private static final String MESSAGE = "8EYWjcHIvfdN01HXLpf6QHaDoXzH20bPjuV6oBRf6bc";
    private static final Id ID = Id.parse(PROCESS);
    private static final String DRY_RUN = "/" + PROCESS + "~process@1.0/as=execution/compute";

    private static Asked of(String path) {
        int at = path.indexOf('?');
        return at < 0
                ? Asked.of(path, "")
                : Asked.of(path.substring(0, at), path.substring(at + 1));
    }

    @Test
    void shouldReadThePathsOfTheClient() {
        assertThat(of("/~meta@1.0/info/address")).isEqualTo(new Asked.Address());
        assertThat(of("/%7Emeta%401.0/info/address")).isEqualTo(new Asked.Address());
        assertThat(of("/push")).isEqualTo(new Asked.Spawn());
        assertThat(of("/" + PROCESS + "~process@1.0/push")).isEqualTo(new Asked.Push(ID));
        assertThat(of("/" + PROCESS + "/slot/current")).isEqualTo(new Asked.NewestSlot(ID));
        assertThat(of("/" + PROCESS + "~process@1.0/slot/current"))
                .isEqualTo(new Asked.NewestSlot(ID));
    }

    @ParameterizedTest
    @CsvSource({
        "~process@1.0/compute/results=5, 5, false",
        "/compute/results=5, 5, false",
        "/compute&slot=5, 5, false",
        "/compute&slot+integer=5, 5, false",
        "/compute&slot=5/results, 5, false",
        "/compute&slot=5/results/raw, 5, true",
        "/compute/results?slot=5, 5, false",
        "/compute/results?slot+integer=5&x, 5, false",
        "/compute, , false",
        "/compute/results, , false",
        "/compute/results=8EYWjcHIvfdN01HXLpf6QHaDoXzH20bPjuV6oBRf6bc, 8EYWjcHIvfdN01HXLpf6QHaDoXzH20bPjuV6oBRf6bc, false"
    })
    void shouldReadEachWayToAskForAResult(String rest, String place, boolean bare) {
        assertThat(of("/" + PROCESS + rest)).isEqualTo(new Asked.Result(ID, place, bare));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//push",
                "/push/",
                "/push&x=1",
                "/~meta@1.0/info",
                "/~meta@1.0/build",
                "/~cron@1.0/once",
                "/PROCESS",
                "/PROCESS/",
                "/PROCESS~wasm-64@1.0/compute",
                "/PROCESSX/push",
                "/PROCESS/schedule",
                "/PROCESS/now/results",
                "/PROCESS/computer",
                "/PROCESS/compute/outbox",
                "/PROCESS/compute/results/raw/Output",
                "/PROCESS/slot",
                "/PROCESS/slot/current/x",
                "/PROCESS/as=scheduler/compute",
                "/PROCESS/as=execution",
                "/PROCESS/as=execution/computed&A=1"
            })
    void shouldTakeNothingElse(String path) {
        assertThat(of(path.replace("PROCESS", PROCESS))).isEqualTo(new Asked.Unknown());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "-1", "1.5", "9999999999999999999", "5%2F..", "%FF", "..%2F..%2Fstate"})
    void shouldRefuseAPlaceThatIsNone(String place) {
        assertThatThrownBy(() -> of("/" + PROCESS + "/compute/results=" + place))
                .isInstanceOf(StatusException.class)
                .satisfies(e -> assertThat(((StatusException) e).status()).isEqualTo(400));
    }

    private static List<Tag> tags(String rest) {
        String wire =
                new String(rest.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return ((Asked.DryRun) of(DRY_RUN + wire)).tags();
    }

    @Test
    void shouldReadTagsOfADryRunAsTheClientWritesThem() {
        assertThat(tags("")).isEmpty();
        assertThat(tags("&")).isEmpty();
        assertThat(tags("&Action=Get")).containsExactly(new Tag("Action", "Get"));
        assertThat(tags("&A=1&B=2&A=3"))
                .containsExactly(new Tag("A", "1"), new Tag("B", "2"), new Tag("A", "3"));
        assertThat(tags("&Url=http://x/y%3Fz=1%23top"))
                .containsExactly(new Tag("Url", "http://x/y?z=1#top"));
        assertThat(tags("&A=a=b==")).containsExactly(new Tag("A", "a=b=="));
        assertThat(tags("&A=a&b&&B=2"))
                .as("an ampersand without a tag after it is the value's")
                .containsExactly(new Tag("A", "a&b&"), new Tag("B", "2"));
        assertThat(tags("&A=%26B=2")).containsExactly(new Tag("A", "&B=2"));
        assertThat(tags("&A%3DB=c")).containsExactly(new Tag("A=B", "c"));
        assertThat(tags("&A=%2Fpush/../x;y=1")).containsExactly(new Tag("A", "/push/../x;y=1"));
        assertThat(tags("&A=x+y%20z")).containsExactly(new Tag("A", "x+y z"));
        assertThat(tags("&A=%C3%A9&B=é😀")).containsExactly(new Tag("A", "é"), new Tag("B", "é😀"));
        assertThat(tags("&A=%2525")).containsExactly(new Tag("A", "%25"));
        assertThat(tags("&=x&A=")).containsExactly(new Tag("", "x"), new Tag("A", ""));
    }

    @Test
    void shouldRefuseTagsOfADryRunThatAreNone() {
        assertThatThrownBy(() -> tags("&Action"))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("&Tag=Value");
        assertThatThrownBy(() -> tags("&A=%FF%FE"))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("not UTF-8");
        assertThat(tags("&A=1".repeat(MainnetLimits.PATH_TAGS_MAX)))
                .hasSize(MainnetLimits.PATH_TAGS_MAX);
        assertThatThrownBy(() -> tags("&A=1".repeat(MainnetLimits.PATH_TAGS_MAX + 1)))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("at most 128 tags");
    }

    @Test
    void shouldNameTheProcessOfEachPath() {
        assertThat(of("/" + PROCESS + "/push").processOrNull()).isEqualTo(ID);
        assertThat(of("/" + PROCESS + "/compute/results=" + MESSAGE).processOrNull()).isEqualTo(ID);
        assertThat(of("/push").processOrNull()).isNull();
    }
}
