package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.Aos;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a database in its memory, over a thousand messages and a restart. */
class SqliteUnitTest {
    private static final int MESSAGES = 1_000;

    @TempDir Path directory;
    private final TestNetwork network = new TestNetwork();
    private UnitUnderTest unit;

    @BeforeEach
    void start() {
        unit = UnitUnderTest.onEngine(network, directory, ComputeUnitOptions.Settings.defaults());
    }

    private void restart() {
        unit.close();
        start();
    }

    @AfterEach
    void stop() {
        unit.close();
        network.close();
    }

    /** What the database has to hold. */
    private static final class Model {
        long rows;
        long sum;

        /** The next message's program, and what it answers. */
        String[] next(int i) {
            if (i % 4 == 3) {
                return new String[] {
                    "for a,b in db:urows('SELECT count(*), sum(v) FROM t') do return a..' '..b end",
                    rows + " " + sum
                };
            }
            if (i % 4 == 2) {
                long id = 1 + i % rows;
                sum += 10;
                return new String[] {
                    "db:exec('UPDATE t SET v = v + 10 WHERE id = " + id + "') return db:changes()",
                    "1"
                };
            }
            rows++;
            sum += i;
            return new String[] {
                "db:exec(\"INSERT INTO t(name, v) VALUES('n' || random(), "
                        + i
                        + ")\")"
                        + " return db:last_insert_rowid()",
                "" + rows
            };
        }
    }

    private TestLog spawn() throws Exception {
        Id module = Id.sha256("sqlite".getBytes(UTF_8));
        network.put(
                new TestNetwork.Item(
                        module, "module-owner", TestNetwork.MODULE_TAGS, Aos.module("sqlite")));
        TestLog log = TestLog.spawn(network, "database", new Tag("Module", module.toString()));
        log.eval(
                "sqlite3 = require('lsqlite3') db = sqlite3.open_memory()"
                        + " return db:exec('CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, v INTEGER)')");
        return log;
    }

    @Test
    void shouldKeepADatabaseOverAThousandMessagesAndARestart() throws Exception {
        TestLog log = spawn();
        Model model = new Model();
        List<String> messages = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            String[] next = model.next(i);
            messages.add(log.eval(next[0]));
            expected.add(next[1]);
        }
        unit.result(log, messages.getLast());
        for (int i = 0; i < MESSAGES; i++) {
            Answer answer = unit.result(log, messages.get(i));
            assertThat(UnitUnderTest.json(answer).at("/Output/data/output").asString())
                    .as("message=%d %s", i, answer.text())
                    .isEqualTo(expected.get(i));
        }
        Id state = Id.sha256(unit.get("/state/" + log.id).body());
        restart();
        // The log is evaluated again for it, and each result compared with the one that was served.
        assertThat(Id.sha256(unit.get("/state/" + log.id).body())).isEqualTo(state);
        assertThat(unit.unit.counters().replayDifferences()).isZero();
        String[] next = model.next(3);
        assertThat(unit.result(log, log.eval(next[0])).text()).contains("\"" + next[1] + "\"");
    }
}
