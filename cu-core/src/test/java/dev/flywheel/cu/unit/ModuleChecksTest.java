package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes and modules that cannot run here. */
class ModuleChecksTest {
    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit = new UnitUnderTest(network, directory);
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
        assertThat(unit.guests.live).hasValue(0);
    }

    private Answer withModule(Tags tags, byte[] wasm) throws Exception {
        network.put(new TestNetwork.Item(TestNetwork.MODULE, "module-owner", tags, wasm));
        TestLog log = TestLog.spawn(network, "p" + network.asked.size());
        return unit.result(log, log.message("a"));
    }

    private static Tags with(String name, String value) {
        Tags others = TestNetwork.MODULE_TAGS.without(name);
        return value.isEmpty() ? others : others.with(name, value);
    }

    @Test
    void shouldRefuseModulesAsTheReferenceDoes() throws Exception {
        byte[] wasm = "counting".getBytes(UTF_8);
        String quoted = "\"" + TestNetwork.MODULE + "\"";
        Map<Tags, String> refused =
                Map.of(
                        with("Input-Encoding", ""),
                        "Input-Encoding for module " + quoted + " is not supported",
                        with("Output-Encoding", ""),
                        "Output-Encoding for module " + quoted + " is not supported",
                        with("Module-Format", "wasm128"),
                        "Module-Format for module " + quoted + " is not supported",
                        with("Extension", "Time-Travel"),
                        "Module Extensions for module " + quoted + " are not supported");
        for (var entry : refused.entrySet()) {
            Answer answer = withModule(entry.getKey(), wasm);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(UnitUnderTest.error(answer)).isEqualTo(entry.getValue());
        }
        assertThat(withModule(with("Extension", "WeaveDrive"), wasm).status()).isEqualTo(200);
    }

    @Test
    void shouldRequireLimitsWithinThoseOfTheUnit() throws Exception {
        byte[] wasm = "counting".getBytes(UTF_8);
        for (String name : List.of("Memory-Limit", "Compute-Limit")) {
            for (String value : List.of("", "1000-pb", "99999999999999", "many")) {
                if (name.equals("Memory-Limit") == value.startsWith("9")) {
                    continue;
                }
                Answer answer = withModule(with(name, value), wasm);
                boolean fits = name.equals("Compute-Limit") && value.startsWith("1000");
                assertThat(answer.status()).as(name + value).isEqualTo(fits ? 200 : 413);
                if (!fits) {
                    assertThat(UnitUnderTest.error(answer))
                            .startsWith(name + " for process \"")
                            .endsWith("\" exceeds supported limit");
                }
            }
        }
        TestLog own =
                TestLog.spawn(
                        network,
                        "own",
                        new Tag("Memory-Limit", "1-gb"),
                        new Tag("Compute-Limit", "5"));
        network.put(
                new TestNetwork.Item(
                        TestNetwork.MODULE, "module-owner", with("Memory-Limit", "1000-pb"), wasm));
        assertThat(unit.output(own, own.message("a"))).isEqualTo("2:a");
    }

    @Test
    void shouldSayWhatAProcessLacks() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("a");
        var record = Objects.requireNonNull(network.processes.get(log.id));
        for (String name : List.of("Module", "Type", "Data-Protocol")) {
            network.processes.put(
                    log.id,
                    new ProcessRecord(
                            log.id,
                            record.blockHeight(),
                            record.owner(),
                            record.tags().without(name),
                            record.timestamp(),
                            null,
                            null,
                            null,
                            null));
            Answer answer = unit.result(log, message);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(UnitUnderTest.error(answer))
                    .startsWith("Tag '" + name + "': ")
                    .endsWith("was not found on process");
        }
    }

    @Test
    void shouldRefuseAModuleForItsProcessesOnlyAndTryAgainLater() throws Exception {
        TestLog good = TestLog.spawn(network, "good");
        unit.result(good, good.message("a"));
        Id bad = Id.sha256("bad".getBytes(UTF_8));
        network.put(
                new TestNetwork.Item(bad, "o", TestNetwork.MODULE_TAGS, "nothing".getBytes(UTF_8)));
        TestLog log = TestLog.register(network, "bad process");
        var record = Objects.requireNonNull(network.processes.get(log.id));
        network.processes.put(
                log.id,
                new ProcessRecord(
                        log.id,
                        record.blockHeight(),
                        record.owner(),
                        record.tags().without("Module").with("Module", bad.toString()),
                        record.timestamp(),
                        "data",
                        null,
                        null,
                        null));
        String message = log.message("a");
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(UnitUnderTest.error(answer)).isEqualTo("module " + bad + " is not wasm");
        unit.result(log, message);
        assertThat(network.askedFor("/raw/" + bad)).isEqualTo(1);
        assertThat(unit.output(good, good.message("b"))).isEqualTo("3:b");
        network.put(
                new TestNetwork.Item(
                        bad, "o", TestNetwork.MODULE_TAGS, "counting".getBytes(UTF_8)));
        unit.clock.advance(UnitLimits.HOST_LIMIT_PAUSE_MS);
        assertThat(unit.output(log, message)).isEqualTo("2:a");
    }
}
