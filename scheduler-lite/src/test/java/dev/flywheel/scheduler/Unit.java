package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Signer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A scheduler on a port of its own, and a client of it. */
final class Unit implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Scheduler scheduler;
    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());

    private Unit(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    static SchedulerOptions options(Path directory, URI gateway) {
        return new SchedulerOptions(
                new InetSocketAddress("127.0.0.1", 0),
                directory,
                Keys.SCHEDULER,
                SchedulerOptions.MessageDurability.KILL,
                gateway,
                SchedulerOptions.Behaviour.usual());
    }

    static SchedulerOptions with(SchedulerOptions options, SchedulerOptions.Behaviour behaviour) {
        return new SchedulerOptions(
                options.bind(),
                options.directory(),
                options.signer(),
                options.durability(),
                options.gateway(),
                behaviour);
    }

    static Unit start(SchedulerOptions options) {
        return start(options, InstantSource.system());
    }

    static Unit start(SchedulerOptions options, InstantSource clock) {
        return new Unit(Scheduler.start(options, clock));
    }

    Scheduler scheduler() {
        return scheduler;
    }

    String url() {
        return "http://127.0.0.1:" + scheduler.port();
    }

    Answer get(String path) throws IOException, InterruptedException {
        return calls.send(Call.get(url() + path));
    }

    Answer post(byte[] body) throws IOException, InterruptedException {
        return post("/", body);
    }

    Answer post(String path, byte[] body) throws IOException, InterruptedException {
        return calls.send(Call.post(url() + path, "application/octet-stream", body));
    }

    /** Posts, and demands that it was taken. */
    JsonNode take(DataItem item) throws IOException, InterruptedException {
        Answer answer = post(item.bytes());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    JsonNode assign(Id process, Id message, String more) throws IOException, InterruptedException {
        Answer answer = post("/?process-id=" + process + "&assign=" + message + more, new byte[0]);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    /** The whole log of a process, page by page as a compute unit reads it. */
    List<ScheduledEntry> log(Id process)
            throws IOException, InterruptedException, MalformedJsonException {
        List<ScheduledEntry> entries = new ArrayList<>();
        String from = "";
        while (true) {
            Answer answer = get("/" + process + "?process-id=" + process + "&limit=1000" + from);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            SchedulePage page = SchedulePage.parse(answer.body());
            page.edges().forEach(edge -> entries.add(edge.node()));
            if (!page.hasNextPage()) {
                return entries;
            }
            from = "&from=" + page.edges().getLast().cursor();
        }
    }

    void assertRefused(Answer answer, int status, String error) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(Json.MAPPER.readTree(answer.body()).path("error").asString("")).isEqualTo(error);
    }

    static DataItem process(Signer signer) {
        return processBuilder().sign(signer);
    }

    static ItemBuilder processBuilder() {
        return new ItemBuilder()
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Process")
                .tag("Module", "gH0vqvYgXjqaZdVf_UJDtzMRfhnFUO277FnVfmc6HME")
                .tag("Scheduler", Keys.SCHEDULER.address())
                // Some signatures are not random: equal items would be one.
                .tag("Name", "p" + NAMES.incrementAndGet())
                .data(" ");
    }

    static ItemBuilder messageBuilder(Id process) {
        return new ItemBuilder()
                .target(process)
                .tag("Action", "Eval")
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Message");
    }

    static DataItem message(Signer signer, Id process, String data) {
        return messageBuilder(process).data(data).sign(signer);
    }

    @Override
    public void close() {
        calls.close();
        scheduler.close();
    }
}
