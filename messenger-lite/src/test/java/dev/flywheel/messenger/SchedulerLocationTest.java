package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Schedulers found through the gateway (spec 3.14). */
class SchedulerLocationTest extends NetworkTest {
    private final DataItem process = TestItems.process();
    private final String processId = su.add(process);
    private final List<String> queries = new CopyOnWriteArrayList<>();

    private static String node(Tags tags) {
        return new JsonText()
                .beginObject()
                .name("data")
                .beginObject()
                .name("transactions")
                .beginObject()
                .name("edges")
                .beginArray()
                .beginObject()
                .name("node")
                .beginObject()
                .name("tags")
                .tags(tags)
                .endObject()
                .endObject()
                .endArray()
                .endObject()
                .endObject()
                .endObject()
                .toString();
    }

    private void locate(Tags location) {
        gateway.graphql =
                body -> {
                    boolean forLocation = body.contains("GetSchedulerLocation");
                    queries.add(forLocation ? "location" : "process");
                    if (forLocation) {
                        assertThat(body).contains(TestItems.SCHEDULER);
                        return node(location);
                    }
                    return body.contains(processId)
                            ? node(process.tags())
                            : "{\"data\":{\"transactions\":{\"edges\":[]}}}";
                };
    }

    private Tags location() {
        return Tags.ofPairs("url", su.uri() + "/", "time-to-live", "60000");
    }

    @Test
    void shouldFindTheSchedulerAndRememberItForItsTime() throws Exception {
        locate(location());
        SetClock clock = new SetClock();
        start(quick(), clock, null);
        assertThat(post(TestItems.message(processId)).status()).isEqualTo(202);
        assertThat(post(TestItems.message(processId)).status()).isEqualTo(202);
        awaitQuiet();
        assertThat(su.scheduledFor(processId)).hasSize(2);
        assertThat(queries).containsExactly("process", "location");
        clock.advance(Duration.ofMinutes(2));
        assertThat(post(TestItems.message(processId)).status()).isEqualTo(202);
        assertThat(queries).containsExactly("process", "location", "location");
    }

    @Test
    void shouldSendAProcessToTheSchedulerOfItsTag() throws Exception {
        locate(location());
        start(quick(), new SetClock(), null);
        DataItem child = TestItems.process();
        assertThat(post(child).status()).isEqualTo(202);
        // The gateway need not know it yet.
        assertThat(post(TestItems.message(child.id().toString())).status()).isEqualTo(202);
        assertThat(queries).containsOnly("location");
    }

    @Test
    void shouldRefuseWhatHasNoScheduler() throws Exception {
        locate(Tags.ofPairs("Url", su.uri().toString()));
        start(quick(), new SetClock(), null);
        Answer process = post(TestItems.process());
        assertThat(process.status()).isEqualTo(500);
        assertThat(process.text()).contains("Could not find 'Scheduler-Location' owner by wallet");
        Answer message = post(TestItems.message(TestItems.id("unknown")));
        assertThat(message.status()).isEqualTo(500);
        assertThat(message.text()).contains("Cannot read properties of undefined");
    }

    @Test
    void shouldTellWhenTheGatewayAnswersNonsense() throws Exception {
        gateway.graphql = body -> "nonsense";
        start(quick(), new SetClock(), null);
        Answer answer = post(TestItems.message(processId));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("gateway answered nonsense");
    }
}
