package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.scheduler.journal.ChronicleJournal;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalOptions;
import dev.flywheel.scheduler.log.LogEntry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The recorded log, put into a journal and read over HTTP: each answer the same in each byte. */
class GoldenLogTest {
    @TempDir private static Path directory;
    private static Unit unit;

    @BeforeAll
    static void serveTheRecordedLog() throws Exception {
        try (Journal journal =
                ChronicleJournal.open(
                        new JournalOptions(
                                directory.resolve("journal"), false, InstantSource.system()),
                        null)) {
            for (JsonNode line : Keys.golden("assignments/items.json").get("items")) {
                JsonNode message = line.get("message");
                LogEntry entry =
                        new LogEntry(
                                item(line.get("assignment")),
                                message.isNull() ? null : item(message),
                                null);
                journal.append(entry.encode());
            }
        }
        SchedulerOptions options = Unit.options(directory, URI.create("http://127.0.0.1:1"));
        InstantSource then = () -> Instant.ofEpochMilli(1_735_689_607_000L);
        unit =
                Unit.start(
                        Unit.with(options, new SchedulerOptions.Behaviour(false, false, 0)), then);
    }

    @AfterAll
    static void stop() {
        unit.close();
    }

    private static DataItem item(JsonNode recorded) throws Exception {
        return DataItem.parse(Base64Url.decode(recorded.get("raw").stringValue()));
    }

    @Test
    void shouldAnswerEachRecordedPage() throws Exception {
        JsonNode requests = Keys.golden("assignments/pages.json").get("requests");
        assertThat(requests).hasSizeGreaterThan(5);
        for (JsonNode request : requests) {
            Answer answer = unit.get(request.get("query").stringValue());
            assertThat(answer.text()).isEqualTo(request.get("answer").toString());
        }
    }

    @Test
    void shouldAnswerRecordedLookups() throws Exception {
        JsonNode answers = Keys.golden("assignments/answers.json");
        for (String name : new String[] {"process", "message", "assigned", "timestamp"}) {
            JsonNode recorded = answers.get(name);
            Answer answer = unit.get(recorded.get("query").stringValue());
            assertThat(answer.status()).as(name).isEqualTo(200);
            assertThat(answer.text()).as(name).isEqualTo(recorded.get("answer").toString());
        }
    }
}
