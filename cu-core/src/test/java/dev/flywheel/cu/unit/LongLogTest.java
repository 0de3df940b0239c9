package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An aos process that has a long log when it is first asked, and a restart after it. {@code
 * -Dlog.messages=100000} takes as many, and tells how long it took.
 */
class LongLogTest {
    private static final Logger log = LoggerFactory.getLogger(LongLogTest.class);
    private static final int MESSAGES = Integer.getInteger("log.messages", 300);

    /** Evaluated within the time that the test's client waits. */
    private static final int A_QUESTION = 5_000;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        ComputeUnitOptions.Settings settings = ComputeUnitOptions.Settings.defaults();
        // Its reader waits for all of it.
        unit = UnitUnderTest.onEngine(network, directory, settings.withWaits(3_600_000, 0, 0));
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    private static double ms(long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1e6;
    }

    @Test
    void shouldEvaluateItOnceAndGoOnFromItsEndAfterARestart() throws Exception {
        Id module = Id.sha256("aos".getBytes(UTF_8));
        network.put(
                new TestNetwork.Item(
                        module, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("aos2_0_6")));
        TestLog process = TestLog.spawn(network, "long", new Tag("Module", module.toString()));
        List<String> some = new ArrayList<>();
        for (int i = 1; i < MESSAGES - 1; i++) {
            String message = process.eval("1+1");
            if (i % A_QUESTION == 0) {
                some.add(message);
            }
        }
        process.eval("x = 40");
        String last = process.eval("x + 2");
        long start = System.nanoTime();
        for (String each : some) {
            assertThat(unit.result(process, each).text()).contains("\"data\":\"2\"");
        }
        assertThat(unit.result(process, last).text()).contains("\"data\":\"42\"");
        double ms = ms(start);
        assertThat(unit.unit.counters().evaluated()).isGreaterThanOrEqualTo(MESSAGES);
        log.info("messages={} ms={} a second={}", MESSAGES, ms, MESSAGES / ms * 1_000);
        unit.close();
        start = System.nanoTime();
        start();
        double startedMs = ms(start);
        String next = process.eval("x + 3");
        assertThat(unit.result(process, next).text()).contains("\"data\":\"43\"");
        log.info(
                "first answer after a restart ms={}, of it the unit's start {}",
                ms(start),
                startedMs);
        assertThat(unit.unit.counters().evaluated()).isEqualTo(1);
        assertThat(unit.unit.counters().checkpoints().resumed()).isEqualTo(1);
    }
}
