package dev.flywheel.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.node.config.NodeConfiguration.Checkpoints;
import dev.flywheel.node.config.NodeConfiguration.Compile;
import dev.flywheel.node.config.NodeConfiguration.Evaluation;
import dev.flywheel.node.config.NodeConfiguration.MessageDurability;
import dev.flywheel.node.config.NodeConfiguration.Ports;
import dev.flywheel.node.config.NodeConfiguration.Urls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    /** A value for each setting that differs from its default. */
    private static final Map<Setting, String> VALUES = new EnumMap<>(Setting.class);

    static {
        VALUES.put(Setting.DATA, "/tmp/somewhere");
        VALUES.put(Setting.BIND, "0.0.0.0");
        VALUES.put(Setting.WALLET, "/tmp/key.json");
        VALUES.put(Setting.GATEWAY_PORT, "1");
        VALUES.put(Setting.SU_PORT, "2");
        VALUES.put(Setting.MU_PORT, "3");
        VALUES.put(Setting.CU_PORT, "4");
        VALUES.put(Setting.MAINNET_PORT, "6");
        VALUES.put(Setting.OPS_PORT, "5");
        VALUES.put(Setting.GATEWAY_URL, "http://g:1/");
        VALUES.put(Setting.SU_URL, "http://s:2");
        VALUES.put(Setting.MU_URL, "http://m:3");
        VALUES.put(Setting.CU_URL, "https://c:4");
        VALUES.put(Setting.BEHIND_HYPERBEAM, "http://h:5");
        VALUES.put(Setting.UPSTREAM_GATEWAY, "https://arweave.net");
        VALUES.put(Setting.DURABILITY, "power-loss");
        VALUES.put(Setting.MODULES, "/tmp/modules");
        VALUES.put(Setting.EVALUATION_MS, "11");
        VALUES.put(Setting.MEMORY_MB, "12");
        VALUES.put(Setting.COMPILE_MS, "15");
        VALUES.put(Setting.COMPILE_MEMORY_MB, "256");
        VALUES.put(Setting.WORKERS, "13");
        VALUES.put(Setting.WARM_PROCESSES, "14");
        VALUES.put(Setting.MEMORY_BUDGET, "19");
        VALUES.put(Setting.SLEEP_MB, "21");
        VALUES.put(Setting.CHECKPOINT_MESSAGES, "16");
        VALUES.put(Setting.CHECKPOINT_MS, "17");
        VALUES.put(Setting.CHECKPOINT_GAS, "18");
        VALUES.put(Setting.CHECKPOINT_CHAINS, "5");
        VALUES.put(Setting.PAGE_TRACKING, "compare");
        VALUES.put(Setting.CHECK_SIGNATURES, "false");
        VALUES.put(Setting.DRAIN_MS, "7");
    }

    private static final NodeConfiguration ALL_SET =
            new NodeConfiguration(
                    Path.of("/tmp/somewhere"),
                    Path.of("/tmp/key.json"),
                    new Ports("0.0.0.0", 1, 2, 3, 4, 6, 5),
                    new Urls(
                            URI.create("http://g:1"),
                            URI.create("http://s:2"),
                            URI.create("http://m:3"),
                            URI.create("https://c:4"),
                            URI.create("http://h:5")),
                    URI.create("https://arweave.net"),
                    MessageDurability.POWER_LOSS,
                    Path.of("/tmp/modules"),
                    new Evaluation(
                            11,
                            12L << 20,
                            13,
                            14,
                            19L << 20,
                            21L << 20,
                            new Checkpoints(16, 17, 18, 5),
                            new Compile(15, 256L << 20),
                            "compare",
                            false),
                    Duration.ofMillis(7));

    @TempDir Path directory;

    private static NodeConfiguration read(
            @Nullable Path file, Map<String, String> environment, Map<Setting, String> flags) {
        return new ConfigurationReader(file, environment, flags).configuration();
    }

    @Test
    void shouldHaveTheReferenceUnitsPortsOnLoopbackByDefault() {
        NodeConfiguration defaults = read(null, Map.of("HOME", "/users/me"), Map.of());
        assertThat(defaults)
                .isEqualTo(
                        new NodeConfiguration(
                                Path.of("/users/me/.local/share/flywheel"),
                                null,
                                new Ports("127.0.0.1", 4000, 9000, 3005, 6363, 8734, 6364),
                                new Urls(null, null, null, null, null),
                                null,
                                MessageDurability.KILL,
                                Path.of("/users/me/.cache/flywheel/modules"),
                                new Evaluation(
                                        600_000,
                                        16L << 30,
                                        Runtime.getRuntime().availableProcessors(),
                                        50,
                                        0,
                                        16L << 30,
                                        new Checkpoints(10_000, 2_000, 300_000_000_000L, 2),
                                        new Compile(60_000, 2L << 30),
                                        "auto",
                                        true),
                                Duration.ofSeconds(10)));
    }

    @Test
    void shouldFollowTheUsersDirectories() {
        NodeConfiguration defaults =
                read(null, Map.of("XDG_DATA_HOME", "/d", "XDG_CACHE_HOME", "/c"), Map.of());
        assertThat(defaults.data()).isEqualTo(Path.of("/d/flywheel"));
        assertThat(defaults.modules()).isEqualTo(Path.of("/c/flywheel/modules"));
    }

    @Test
    void shouldMapEverySettingFromFlags() {
        assertThat(VALUES.keySet()).containsExactly(Setting.values());
        assertThat(read(null, Map.of(), VALUES)).isEqualTo(ALL_SET);
    }

    @Test
    void shouldMapEverySettingFromTheEnvironment() {
        Map<String, String> environment = new HashMap<>();
        VALUES.forEach((setting, value) -> environment.put(setting.environment(), value));
        assertThat(read(null, environment, Map.of())).isEqualTo(ALL_SET);
        assertThat(Setting.UPSTREAM_GATEWAY.environment()).isEqualTo("FLYWHEEL_UPSTREAM_GATEWAY");
    }

    @Test
    void shouldMapEverySettingFromAFileFlatOrNested() throws IOException {
        StringBuilder flat = new StringBuilder();
        VALUES.forEach(
                (setting, value) ->
                        flat.append(setting.key()).append(": \"").append(value).append("\"\n"));
        assertThat(
                        read(
                                Files.writeString(directory.resolve("flat.yaml"), flat),
                                Map.of(),
                                Map.of()))
                .isEqualTo(ALL_SET);
        Path nested =
                Files.writeString(
                        directory.resolve("nested.yaml"),
                        "gateway:\n  port: 4001\ncu: {port: 6000}\nwallet:\n");
        NodeConfiguration read = read(nested, Map.of(), Map.of());
        assertThat(read.ports().gateway()).isEqualTo(4001);
        assertThat(read.ports().cu()).isEqualTo(6000);
        assertThat(read.wallet()).isNull();
    }

    @Test
    void shouldPreferFlagsToEnvironmentToFile() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("c.yaml"), "su.port: 1\nmu.port: 1\ncu.port: 1\n");
        Map<String, String> environment = Map.of("FLYWHEEL_MU_PORT", "2", "FLYWHEEL_CU_PORT", "2");
        Ports ports = read(file, environment, Map.of(Setting.CU_PORT, "3")).ports();
        assertThat(ports.su()).isEqualTo(1);
        assertThat(ports.mu()).isEqualTo(2);
        assertThat(ports.cu()).isEqualTo(3);
    }

    @Test
    void shouldPrintWhatItCanReadAgain() throws IOException {
        String printed = new ConfigurationReader(null, Map.of(), VALUES).print();
        assertThat(printed).contains("# from: --gateway-port").contains("gateway.port: 1\n");
        assertThat(
                        read(
                                Files.writeString(directory.resolve("printed.yaml"), printed),
                                Map.of(),
                                Map.of()))
                .isEqualTo(ALL_SET);
    }

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_PORT, -1, it must be a number from 0 to 65535",
        "GATEWAY_PORT, 65536, it must be a number from 0 to 65535",
        "CU_PORT, many, it must be a number from 0 to 65535",
        "DURABILITY, sometimes, it must be kill or power-loss",
        "UPSTREAM_GATEWAY, ftp://x, it must be a URL",
        "SU_URL, not a url, it must be a URL",
        "CU_URL, http:nohost, it must be a URL",
        "PAGE_TRACKING, mprotect, 'it must be auto, userfaultfd, private-file or compare'",
        "CHECK_SIGNATURES, maybe, it must be true or false",
        "DRAIN_MS, 600001, it must be a number from 0 to 600000",
        "EVALUATION_MS, 0, it must be a number from 1 to 86400000",
        "MEMORY_MB, 20000, it must be a number from 1 to 16384",
        "MEMORY_BUDGET, 16777217, it must be a number from 0 to 16777216",
        "BIND, no.such.address.invalid, it must be an address of this machine",
        "DATA, '', it must be a path"
    })
    void shouldNameTheSettingItsSourceAndItsRule(Setting setting, String value, String rule) {
        assertThatThrownBy(() -> read(null, Map.of(), Map.of(setting, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(setting.key())
                .hasMessageContaining("from " + setting.flag())
                .hasMessageContaining(rule);
    }

    @Test
    void shouldRefuseUnknownSettingsUnreadableFilesAndWhatIsNoYaml() throws IOException {
        Path unknown = Files.writeString(directory.resolve("u.yaml"), "gatway.port: 1\n");
        assertThatThrownBy(() -> read(unknown, Map.of(), Map.of()))
                .hasMessageContaining("unknown setting gatway.port");
        assertThatThrownBy(() -> read(directory.resolve("none.yaml"), Map.of(), Map.of()))
                .hasMessageContaining("cannot be read");
        Path broken = Files.writeString(directory.resolve("b.yaml"), "a: [1\n");
        assertThatThrownBy(() -> read(broken, Map.of(), Map.of()))
                .hasMessageContaining("is not YAML");
    }
}
