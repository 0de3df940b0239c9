package dev.flywheel.cu.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultRouteTest {
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
        assertThat(unit.guests.loaded).hasValue(0);
        assertThat(unit.guests.closed).isTrue();
    }

    @Test
    void shouldAnswerTheResultOfAMessageInTheReferencesShape() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        String message = log.message("hello");
        Answer answer = unit.result(log, message);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.text())
                .isEqualTo(
                        "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":{\"data\":\"2:hello\"},\"GasUsed\":2}");
    }

    @Test
    void shouldAnswerTheResultOfTheSpawnByTheProcessId() throws Exception {
        TestLog log = TestLog.spawn(network, "p");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:spawned");
        assertThat(unit.output(log, log.id.toString())).isEqualTo("1:spawned");
        assertThat(unit.guests.evaluations).hasValue(1);
    }
}
