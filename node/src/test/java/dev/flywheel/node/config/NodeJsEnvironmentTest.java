package dev.flywheel.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeJsEnvironmentTest {
    /** What a HyperBEAM node of November 2025 sets. */
    private static final Map<String, String> OF_A_NODE =
            Map.ofEntries(
                    Map.entry("UNIT_MODE", "hbu"),
                    Map.entry("HB_URL", "http://localhost:10000"),
                    Map.entry("PORT", "6399"),
                    Map.entry("DB_URL", "cache-mainnet/genesis-wasm/genesis-wasm-db"),
                    Map.entry("NODE_CONFIG_ENV", "production"),
                    Map.entry("DEFAULT_LOG_LEVEL", "debug"),
                    Map.entry("WALLET_FILE", "/keys/hyperbeam-key.json"),
                    Map.entry("DISABLE_PROCESS_FILE_CHECKPOINT_CREATION", "false"),
                    Map.entry("PROCESS_MEMORY_FILE_CHECKPOINTS_DIR", "checkpoints"),
                    Map.entry("PROCESS_MEMORY_CACHE_MAX_SIZE", "12_000_000_000"),
                    Map.entry("PROCESS_WASM_SUPPORTED_EXTENSIONS", "WeaveDrive"),
                    Map.entry("PROCESS_WASM_MEMORY_MAX_LIMIT", "24_000_000_000"));

    @TempDir Path directory;

    private static Map<String, String> with(String name, String value) {
        Map<String, String> environment = new HashMap<>(OF_A_NODE);
        environment.put(name, value);
        return environment;
    }

    private static ConfigurationReader read(
            @Nullable Path file, Map<String, String> environment, Map<Setting, String> flags) {
        return new ConfigurationReader(file, environment, flags, NodeJsEnvironment.of(environment));
    }

    @Test
    void shouldTakeWhatANodeSetsForTheNodeJsUnit() {
        NodeConfiguration read = read(null, OF_A_NODE, Map.of()).configuration();
        assertThat(read.urls().hyperBeam()).isEqualTo(URI.create("http://localhost:10000"));
        assertThat(read.ports().cu()).isEqualTo(6399);
        assertThat(read.wallet()).isEqualTo(Path.of("/keys/hyperbeam-key.json"));
        assertThat(read.evaluation().memoryBytesMax()).isEqualTo(16L << 30);
        assertThat(read.evaluation().memoryBudgetBytes()).isEqualTo(11_444L << 20);
        assertThat(
                        read(null, with("PROCESS_WASM_MEMORY_MAX_LIMIT", "1073741823"), Map.of())
                                .configuration()
                                .evaluation()
                                .memoryBytesMax())
                .isEqualTo(1023L << 20);
    }

    @Test
    void shouldSayInOneLineWhatWasUnderstoodAndWhatNot() {
        Map<String, String> environment = with("FLYWHEEL_CU_PORT", "6000");
        NodeJsEnvironment nodeJs = NodeJsEnvironment.of(environment);
        ConfigurationReader reader =
                new ConfigurationReader(
                        null, environment, Map.of(Setting.WALLET, "/other.json"), nodeJs);
        assertThat(nodeJs.line(reader))
                .isEqualTo(
                        "environment of a NodeJS unit (UNIT_MODE=hbu): understood HB_URL as behind.hyperbeam=http://localhost:10000,"
                                + " PROCESS_WASM_MEMORY_MAX_LIMIT as memory.mb=16384,"
                                + " PROCESS_MEMORY_CACHE_MAX_SIZE as memory.budget=11444;"
                                + " overruled WALLET_FILE by --wallet, PORT by FLYWHEEL_CU_PORT;"
                                + " without meaning here DB_URL, DEFAULT_LOG_LEVEL,"
                                + " DISABLE_PROCESS_FILE_CHECKPOINT_CREATION, NODE_CONFIG_ENV,"
                                + " PROCESS_MEMORY_FILE_CHECKPOINTS_DIR, PROCESS_WASM_SUPPORTED_EXTENSIONS");
        assertThat(reader.print()).contains("# from: HB_URL\n");
    }

    @Test
    void shouldLetEverySettingOfItsOwnWin() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("c.yaml"),
                        "behind.hyperbeam: http://file:1\nmemory.mb: 100\n");
        Map<String, String> environment = with("FLYWHEEL_MEMORY_BUDGET", "200");
        NodeConfiguration read =
                read(file, environment, Map.of(Setting.CU_PORT, "7000")).configuration();
        assertThat(read.urls().hyperBeam()).isEqualTo(URI.create("http://file:1"));
        assertThat(read.evaluation().memoryBytesMax()).isEqualTo(100L << 20);
        assertThat(read.evaluation().memoryBudgetBytes()).isEqualTo(200L << 20);
        assertThat(read.ports().cu()).isEqualTo(7000);
    }

    @Test
    void shouldLookAtNothingInAnotherMode() {
        for (String mode : new String[] {"cu", "ru", ""}) {
            Map<String, String> environment = with("UNIT_MODE", mode);
            NodeJsEnvironment nodeJs = NodeJsEnvironment.of(environment);
            ConfigurationReader reader =
                    new ConfigurationReader(null, environment, Map.of(), nodeJs);
            assertThat(nodeJs.line(reader)).isNull();
            assertThat(reader.configuration().ports().cu()).isEqualTo(6363);
            assertThat(reader.configuration().urls().hyperBeam()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HB_URL, localhost, it must be a URL",
        "PORT, 65536, it must be a number from 0 to 65535",
        "PORT, six, it must be a number from 0 to 65535",
        "PROCESS_WASM_MEMORY_MAX_LIMIT, 1gb, it must be a number of bytes",
        "PROCESS_WASM_MEMORY_MAX_LIMIT, 1000, 'at least 1048576'",
        "PROCESS_MEMORY_CACHE_MAX_SIZE, -1, it must be a number of bytes",
        "PROCESS_MEMORY_CACHE_MAX_SIZE, 99999999999999999999, it must be a number of bytes",
        "PROCESS_MEMORY_CACHE_MAX_SIZE, _5, it must be a number of bytes"
    })
    void shouldNameTheVariableThatIsWrong(String name, String value, String rule) {
        assertThatThrownBy(() -> read(null, with(name, value), Map.of()).configuration())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("\"" + value + "\"")
                .hasMessageContaining(rule);
    }

    @Test
    void shouldDemandANodeToWorkFor() {
        Map<String, String> environment = with("HB_URL", "");
        assertThatThrownBy(() -> read(null, environment, Map.of()).configuration())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("HB_URL is not set");
        assertThat(
                        read(
                                        null,
                                        environment,
                                        Map.of(Setting.BEHIND_HYPERBEAM, "http://localhost:1"))
                                .configuration()
                                .urls()
                                .hyperBeam())
                .isEqualTo(URI.create("http://localhost:1"));
    }
}
