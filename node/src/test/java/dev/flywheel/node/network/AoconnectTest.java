package dev.flywheel.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code @permaweb/aoconnect} 0.0.98 in legacy and mainnet mode against a freshly started node, and
 * a second, empty compute unit that replays what it did. Needs npm and the real aos modules, and
 * fails where they are missing.
 */
class AoconnectTest {
    private static final List<String> FILES =
            List.of(
                    "package.json",
                    "package-lock.json",
                    ".npmrc",
                    "network.mjs",
                    "aoconnect.test.mjs",
                    "mainnet.test.mjs");
    private static final long INSTALL_S = 300;
    private static final long CONVERSATION_S = 600;

    private static final Path CLIENT = Path.of("target/e2e").toAbsolutePath();

    @TempDir Path directory;

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(CLIENT);
        for (String file : FILES) {
            Files.copy(
                    Path.of("src/test/e2e", file),
                    CLIENT.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        String printed = run(Map.of(), INSTALL_S, "npm", "ci", "--loglevel=error");
        assertThat(CLIENT.resolve("node_modules/@permaweb/aoconnect")).as(printed).isDirectory();
    }

    @Test
    void shouldServeTheRealClientOnThe64BitModule() throws Exception {
        converse("aos2_0_6", "wasm64-unknown-emscripten-draft_2024_02_15");
    }

    @Test
    void shouldServeTheRealClientOnThe32BitModule() throws Exception {
        converse("aos2_0_4_32", "wasm32-unknown-emscripten4");
    }

    private void converse(String module, String format) throws Exception {
        Path wasm = Modules.file(module);
        try (RunningNode node = RunningNode.start("node", directory.resolve("node"));
                RunningNode second =
                        RunningNode.start(
                                "cu",
                                directory.resolve("second"),
                                "--gateway-url",
                                node.gateway(),
                                "--su-url",
                                node.su())) {
            assertThatThrownBy(second::mainnet)
                    .as("only the whole network has it")
                    .hasMessageContaining("no mainnet");
            String printed =
                    run(
                            Map.of(
                                    "GATEWAY_URL", node.gateway(),
                                    "SU_URL", node.su(),
                                    "MU_URL", node.mu(),
                                    "CU_URL", node.cu(),
                                    "SECOND_CU_URL", second.cu(),
                                    "MAINNET_URL", node.mainnet(),
                                    "MODULE_FILE", wasm.toString(),
                                    "MODULE_FORMAT", format),
                            CONVERSATION_S,
                            "npm",
                            "test",
                            "--silent");
            // A run that found no tests would be green too.
            Matcher passed = Pattern.compile("# pass (\\d+)").matcher(printed);
            assertThat(passed.find()).as(printed).isTrue();
            assertThat(Integer.parseInt(passed.group(1))).as(printed).isGreaterThan(30);
            node.child().terminate();
            assertThat(node.child().exit()).as("drained").isEqualTo(143);
        }
    }

    private static String run(Map<String, String> environment, long patienceS, String... command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(CLIENT, "run", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(CLIENT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test runs the real client and needs Node.js 20 or later with npm: "
                            + e.getMessage(),
                    e);
        }
        boolean ended = process.waitFor(patienceS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(log, StandardCharsets.UTF_8);
        Files.delete(log);
        assertThat(ended).as(String.join(" ", command) + " ends\n" + printed).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
