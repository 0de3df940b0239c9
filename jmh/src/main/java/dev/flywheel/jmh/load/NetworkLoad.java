package dev.flywheel.jmh.load;

import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Measures a running network: latency of a message and its result, warm result reads, resident
 * memory by process. Prints one JSON object.
 *
 * <pre>jmh/load/run.sh</pre>
 *
 * starts a node and calls it with {@code key=value} arguments: {@code gateway su mu cu module pid
 * messages processes}.
 */
public final class NetworkLoad {
    private static final int WARM_UP_MESSAGES = 300;
    private static final int READERS = 8;

    /**
     * Pause before each message to an idle node: what followed from the one before is done then.
     */
    private static final long IDLE_MS = 60;

    private static final long READ_WARM_UP_NS = 3_000_000_000L;
    private static final long READ_NS = 6_000_000_000L;

    private final URI mu;
    private final URI cu;
    private final String scheduler;
    private final String module;
    private final ArweaveKey key = ArweaveKey.generate(4096, new SecureRandom());

    private NetworkLoad(Map<String, String> options) throws IOException {
        this.mu = URI.create(options.get("mu"));
        this.cu = URI.create(options.get("cu"));
        try (KeepAlive su = new KeepAlive(URI.create(options.get("su")))) {
            this.scheduler = json(su.get("/")).path("address").asString();
        }
        this.module = options.getOrDefault("module", "");
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        int messages = Integer.parseInt(options.getOrDefault("messages", "1000"));
        int processes = Integer.parseInt(options.getOrDefault("processes", "10"));
        NetworkLoad load = new NetworkLoad(options);
        Figures figures = new Figures();
        Path status = Path.of("/proc", options.getOrDefault("pid", "self"), "status");
        figures.put("residentMbIdle", residentMb(status));
        String process = load.spawn();
        load.evaluate(process, 1);
        figures.put("residentMbOneProcess", residentMb(status));
        Conversation busy = load.conversation(process, messages, WARM_UP_MESSAGES, 0);
        figures.times("messageAndResultOneAfterTheOther", busy.answeredNs());
        Conversation idle = load.conversation(process, messages / 3, 0, IDLE_MS);
        figures.times("messageAndResultIdleNode", idle.answeredNs());
        figures.times("messageAcceptedIdleNode", idle.acceptedNs());
        figures.put("residentMbOneProcessAfterMessages", residentMb(status));
        figures.put("warmReadsPerSecond8Connections", load.reads(process));
        for (int i = 0; i < processes; i++) {
            load.evaluate(load.spawn(), 1);
        }
        figures.put("processesMore", processes);
        figures.put("residentMbWithThem", residentMb(status));
        System.out.println(Json.MAPPER.writeValueAsString(figures.values()));
    }

    private static double residentMb(Path status) throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Math.round(Long.parseLong(line.replaceAll("\\D", "")) / 102.4) / 10.0;
            }
        }
        throw new IOException("no VmRSS in " + status);
    }

    private String spawn() throws IOException {
        DataItem item =
                new ItemBuilder()
                        .tag("Data-Protocol", "ao")
                        .tag("Variant", "ao.TN.1")
                        .tag("Type", "Process")
                        .tag("Module", module)
                        .tag("Scheduler", scheduler)
                        .tag("Authority", scheduler)
                        .data(" ")
                        .sign(key);
        try (KeepAlive messenger = new KeepAlive(mu)) {
            accepted(messenger.post("/", item.bytes()));
        }
        return item.id().toString();
    }

    private DataItem evaluation(String process) {
        return new ItemBuilder()
                .target(Id.parse(process))
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Message")
                .tag("Action", "Eval")
                .data("1+1")
                .sign(key);
    }

    private void evaluate(String process, int times) throws IOException {
        conversation(process, times, 0, 0);
    }

    /**
     * Times from the sending of each message until it was accepted, and until its result was read.
     */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    private record Conversation(long[] acceptedNs, long[] answeredNs) {}

    /** Times from the first byte of a signed message sent to the last byte of its result read. */
    private Conversation conversation(String process, int messages, int warmUp, long pauseMs)
            throws IOException {
        List<DataItem> items = new ArrayList<>();
        for (int i = 0; i < messages + warmUp; i++) {
            items.add(
                    evaluation(process)); // signed before the clock runs: that is the client's work
        }
        long[] acceptedNs = new long[messages];
        long[] answeredNs = new long[messages];
        try (KeepAlive messenger = new KeepAlive(mu);
                KeepAlive compute = new KeepAlive(cu)) {
            for (int i = 0; i < items.size(); i++) {
                DataItem item = items.get(i);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
                long startedNs = System.nanoTime();
                accepted(messenger.post("/", item.bytes()));
                long acceptedAtNs = System.nanoTime();
                KeepAlive.Answer answer =
                        compute.get("/result/" + item.id() + "?process-id=" + process);
                long answeredAtNs = System.nanoTime();
                if (!text(answer).contains("\"2\"")) {
                    throw new IOException("wrong result: " + text(answer));
                }
                if (i >= warmUp) {
                    acceptedNs[i - warmUp] = acceptedAtNs - startedNs;
                    answeredNs[i - warmUp] = answeredAtNs - startedNs;
                }
            }
        }
        return new Conversation(acceptedNs, answeredNs);
    }

    private long reads(String process) throws Exception {
        DataItem item = evaluation(process);
        try (KeepAlive messenger = new KeepAlive(mu)) {
            accepted(messenger.post("/", item.bytes()));
        }
        String path = "/result/" + item.id() + "?process-id=" + process;
        long beginNs = System.nanoTime() + READ_WARM_UP_NS;
        long endNs = beginNs + READ_NS;
        long count = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(() -> read(path, beginNs, endNs)));
            }
            for (Future<Long> reader : readers) {
                count += reader.get();
            }
        }
        return count * 1_000_000_000L / READ_NS;
    }

    private long read(String path, long beginNs, long endNs) throws IOException {
        long count = 0;
        try (KeepAlive compute = new KeepAlive(cu)) {
            for (long now = System.nanoTime(); now - endNs < 0; now = System.nanoTime()) {
                KeepAlive.Answer answer = compute.get(path);
                if (answer.status() != 200) {
                    throw new IOException("status " + answer.status() + ": " + text(answer));
                }
                if (now - beginNs >= 0) {
                    count++;
                }
            }
        }
        return count;
    }

    private static void accepted(KeepAlive.Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw new IOException("refused with " + answer.status() + ": " + text(answer));
        }
    }

    private static String text(KeepAlive.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(KeepAlive.Answer answer) {
        return Json.MAPPER.readTree(answer.body());
    }
}
