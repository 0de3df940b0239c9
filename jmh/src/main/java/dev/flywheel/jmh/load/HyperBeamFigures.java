package dev.flywheel.jmh.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What a HyperBEAM node waits for: slots, snapshots and dry runs of aos 2.0.6, many processes at
 * once, a unit that is far behind, and the probe that the node sends before each request. Against
 * the real program, which a stand-in for the node asks as a real one was seen to; its messages are
 * signed. Prints tables.
 *
 * <p>Run: {@code jmh/run.sh hyperbeam}. Another unit beside it: start it with the node at {@code
 * http://localhost:8735} and the gateway at {@code http://localhost:4735}, and add {@code --
 * node=8735 gateway=4735 reference=http://localhost:6399}.
 */
public final class HyperBeamFigures implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final int WARM_UP_SLOTS = 200;
    private static final int PROBE_PAUSE_NS = 2_000_000;
    private static final long LONG_MESSAGE_MS = 10_000;
    private static final int CALIBRATION_LOOPS = 5_000_000;

    private final Map<String, String> options;
    private final NodeStandIn node;
    private final List<Process> children = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();
    private final Path data;
    private final String module;

    /** A unit that is measured, and how much of each it is asked. */
    private record Side(String name, URI url, int slots, int processes, int slotsEach) {}

    private HyperBeamFigures(Map<String, String> options) throws Exception {
        this.options = options;
        this.data = Files.createTempDirectory("figures");
        this.node = new NodeStandIn(Integer.parseInt(options.getOrDefault("node", "0")));
        URI gateway =
                child("gateway", "gateway", "--gateway-port", options.getOrDefault("gateway", "0"));
        this.module = module(gateway);
        URI unit =
                child(
                        "cu",
                        "compute",
                        "--cu-port",
                        "0",
                        "--behind-hyperbeam",
                        node.url().toString(),
                        "--gateway-url",
                        gateway.toString());
        sides.add(new Side("Flywheel", unit, number("slots", 1_000), 50, 40));
        String reference = options.get("reference");
        if (reference != null) {
            sides.add(
                    new Side(
                            "reference",
                            URI.create(reference),
                            number("reference-slots", 50),
                            number("reference-processes", 10),
                            5));
        }
    }

    private int number(String name, int usual) {
        return Integer.parseInt(options.getOrDefault(name, Integer.toString(usual)));
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        try (HyperBeamFigures figures = new HyperBeamFigures(options)) {
            String parts = options.getOrDefault("parts", "slots,many,dry,behind");
            if (parts.contains("slots")) {
                figures.warmSlots();
            }
            if (parts.contains("many")) {
                figures.manyProcesses();
            }
            if (parts.contains("dry")) {
                figures.dryRuns();
            }
            if (parts.contains("behind")) {
                figures.behind();
            }
        }
    }

    /** Starts the real program and waits until it says where it is. */
    private URI child(String command, String line, String... more) throws IOException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("flywheel.root", "."), "bin/flywheel")
                                        .toString(),
                                command,
                                "--data",
                                data.resolve(command).toString(),
                                "--ops-port",
                                "0"));
        words.addAll(List.of(more));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        children.add(process);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        StringBuilder said = new StringBuilder();
        for (String text = out.readLine(); text != null; text = out.readLine()) {
            said.append(text).append('\n');
            String[] parts = text.strip().split("\\s+");
            if (parts.length == 2 && parts[0].equals(line)) {
                // A virtual thread would keep one of two carriers from those that measure.
                Thread.ofPlatform().daemon().start(() -> out.lines().forEach(rest -> {}));
                return URI.create(parts[1]);
            }
        }
        throw new IOException("flywheel " + command + " did not start:\n" + said);
    }

    private static String module(URI gateway) throws IOException {
        String query =
                "{ transactions(first: 1, sort: HEIGHT_DESC, tags: [{name: \"Type\", values: [\"Module\"]}, {name: \"Name\", values: [\"aos2_0_6\"]}]) { edges { node { id } } } }";
        try (KeepAlive connection = new KeepAlive(gateway)) {
            byte[] answer =
                    connection
                            .post(
                                    "/graphql",
                                    JSON,
                                    Json.MAPPER.writeValueAsBytes(Map.of("query", query)))
                            .body();
            String id =
                    Json.MAPPER
                            .readTree(answer)
                            .at("/data/transactions/edges/0/node/id")
                            .asString("");
            if (id.isEmpty()) {
                throw new IOException("the gateway has no module aos2_0_6: run 'make modules'");
            }
            return id;
        }
    }

    // ---- what is measured

    /** A slot as a node asks for it: probe, result, snapshot twice. */
    private void warmSlots() throws Exception {
        System.out.println("## A slot of Eval `1+1` for which somebody waits\n");
        System.out.println(
                "Milliseconds, median / 99th percentile; one process, one slot after the other.\n");
        System.out.println(
                "| | `GET /` | `POST /result/N` | first `/snapshot` | second `/snapshot` | `/result/N` again | slots |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Side side : sides) {
            NodeStandIn.Log log = node.spawn(module);
            try (KeepAlive connection = new KeepAlive(side.url())) {
                post(connection, log, 0);
                int warmUp = Math.min(WARM_UP_SLOTS, side.slots() / 5);
                long[][] ns = new long[5][side.slots()];
                for (int i = -warmUp; i < side.slots(); i++) {
                    int slot = log.eval("1+1");
                    byte[] body = log.body(slot);
                    long[] at = new long[6];
                    at[0] = System.nanoTime();
                    ok(connection.get("/"));
                    at[1] = System.nanoTime();
                    KeepAlive.Answer answer = ok(connection.post(log.path(slot), JSON, body));
                    at[2] = System.nanoTime();
                    snapshot(connection, log);
                    at[3] = System.nanoTime();
                    snapshot(connection, log);
                    at[4] = System.nanoTime();
                    ok(connection.post(log.path(slot), JSON, body));
                    at[5] = System.nanoTime();
                    data(answer, "2");
                    for (int step = 0; i >= 0 && step < ns.length; step++) {
                        ns[step][i] = at[step + 1] - at[step];
                    }
                }
                StringBuilder row = new StringBuilder("| ").append(side.name()).append(" |");
                for (long[] each : ns) {
                    row.append(' ')
                            .append(ms(quantile(each, 0.5)))
                            .append(" / ")
                            .append(ms(quantile(each, 0.99)))
                            .append(" |");
                }
                System.out.println(row.append(' ').append(side.slots()).append(" |"));
            }
        }
    }

    private void manyProcesses() throws Exception {
        System.out.println("\n## Many processes at once\n");
        System.out.println(
                "Slots of Eval `1+1` a second, all together; the probe `GET /` meanwhile, each 2 ms from another connection.\n");
        System.out.println(
                "| | processes | slots/s | ratio to one | slot median, ms | probe median, ms | probe 99.9 %, ms | probe max, ms | probes |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (Side side : sides) {
            double one = 0;
            for (int processes : new int[] {1, 2, side.processes()}) {
                int slots =
                        processes == side.processes()
                                ? side.slotsEach()
                                : side.slotsEach() * side.processes() / (4 * processes);
                one = many(side, processes, Math.max(2, slots), one);
            }
        }
    }

    private double many(Side side, int processes, int slots, double one) throws Exception {
        List<NodeStandIn.Log> logs = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            logs.add(node.spawn(module));
            for (int slot = 0; slot < slots; slot++) {
                logs.getLast().eval("1+1");
            }
            try (KeepAlive connection = new KeepAlive(side.url())) {
                post(connection, logs.getLast(), 0);
            }
        }
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<long[]> probes = threads.submit(() -> probe(side, done));
            List<Callable<long[]>> work = new ArrayList<>();
            for (NodeStandIn.Log log : logs) {
                work.add(() -> slots(side, log, slots));
            }
            long startNs = System.nanoTime();
            List<Future<long[]>> all = threads.invokeAll(work);
            long tookNs = System.nanoTime() - startNs;
            done.set(true);
            long[] probeNs = probes.get();
            List<long[]> each = new ArrayList<>();
            for (Future<long[]> future : all) {
                each.add(future.get());
            }
            long[] slotNs = each.stream().flatMapToLong(Arrays::stream).toArray();
            double perSecond = slotNs.length * 1e9 / tookNs;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.0f | %.2f | %s | %s | %s | %s | %d |%n",
                    side.name(),
                    processes,
                    perSecond,
                    one == 0 ? 1 : perSecond / one,
                    ms(quantile(slotNs, 0.5)),
                    ms(quantile(probeNs, 0.5)),
                    ms(quantile(probeNs, 0.999)),
                    ms(quantile(probeNs, 1)),
                    probeNs.length);
            return one == 0 ? perSecond : one;
        }
    }

    private static long[] slots(Side side, NodeStandIn.Log log, int slots) throws IOException {
        long[] ns = new long[slots];
        try (KeepAlive connection = new KeepAlive(side.url())) {
            for (int slot = 1; slot <= slots; slot++) {
                byte[] body = log.body(slot);
                long startNs = System.nanoTime();
                ok(connection.post(log.path(slot), JSON, body));
                ns[slot - 1] = System.nanoTime() - startNs;
            }
        }
        return ns;
    }

    private static long[] probe(Side side, AtomicBoolean done) throws IOException {
        List<Long> ns = new ArrayList<>();
        try (KeepAlive connection = new KeepAlive(side.url())) {
            while (!done.get()) {
                long startNs = System.nanoTime();
                ok(connection.get("/"));
                ns.add(System.nanoTime() - startNs);
                LockSupport.parkNanos(PROBE_PAUSE_NS);
            }
        }
        return ns.stream().mapToLong(Long::longValue).toArray();
    }

    /** Dry runs of a process that evaluates a message of ten seconds. */
    private void dryRuns() throws Exception {
        System.out.println("\n## Dry runs\n");
        System.out.println(
                "Milliseconds, median / 99th percentile / longest, of an idle process and of one that evaluates one message all the while.\n");
        System.out.println("| | idle | while it evaluates | dry runs | that message took, s |");
        System.out.println("|---|---|---|---|---|");
        for (Side side : sides) {
            NodeStandIn.Log log = node.spawn(module);
            try (KeepAlive connection = new KeepAlive(side.url());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                post(connection, log, 0);
                long startNs = System.nanoTime();
                post(connection, log, log.eval(loop(CALIBRATION_LOOPS)));
                double loopsMs = CALIBRATION_LOOPS / ((System.nanoTime() - startNs) / 1e6);
                long[] idle = new long[side.slots() / 2];
                for (int i = -20; i < idle.length; i++) {
                    long ns = dryRun(connection, log);
                    if (i >= 0) {
                        idle[i] = ns;
                    }
                }
                int slot = log.eval(loop((long) (loopsMs * LONG_MESSAGE_MS)));
                long longStartNs = System.nanoTime();
                Future<Long> evaluated =
                        threads.submit(
                                () -> {
                                    try (KeepAlive other = new KeepAlive(side.url())) {
                                        post(other, log, slot);
                                    }
                                    return System.nanoTime() - longStartNs;
                                });
                LockSupport.parkNanos(500_000_000);
                List<Long> busy = new ArrayList<>();
                while (!evaluated.isDone()) {
                    busy.add(dryRun(connection, log));
                }
                long[] busyNs = busy.stream().mapToLong(Long::longValue).toArray();
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s / %s / %s | %s / %s / %s | %d, %d | %.1f |%n",
                        side.name(),
                        ms(quantile(idle, 0.5)),
                        ms(quantile(idle, 0.99)),
                        ms(quantile(idle, 1)),
                        ms(quantile(busyNs, 0.5)),
                        ms(quantile(busyNs, 0.99)),
                        ms(quantile(busyNs, 1)),
                        idle.length,
                        busyNs.length,
                        evaluated.get() / 1e9);
            }
        }
    }

    private static String loop(long count) {
        return "local x = 0; for i = 1, " + count + " do x = x + i % 7 end; return x";
    }

    private long dryRun(KeepAlive connection, NodeStandIn.Log log) throws IOException {
        byte[] body =
                """
                {"Anchor":"","Data":"1+1","From":"","Owner":"","PublicKey":"","Signature":"","Target":"%s",\
                "Tags":[{"name":"Action","value":"Info"},{"name":"Data-Protocol","value":"ao"},{"name":"Method","value":"POST"}]}"""
                        .formatted(log.id)
                        .getBytes(UTF_8);
        long startNs = System.nanoTime();
        ok(connection.post("/dry-run?process-id=" + log.id, JSON, body));
        return System.nanoTime() - startNs;
    }

    /** The newest slot of a process of which the unit has the first. */
    private void behind() throws Exception {
        int slots = number("behind", 10_000);
        System.out.println("\n## The newest slot of a unit that is " + slots + " behind\n");
        System.out.println("| | seconds | slots/s |");
        System.out.println("|---|---|---|");
        NodeStandIn.Log log = node.spawn(module);
        int last = 0;
        for (int i = 0; i < slots; i++) {
            last = log.eval("1+1");
        }
        for (Side side : sides) {
            try (KeepAlive connection = new KeepAlive(side.url())) {
                post(connection, log, 0);
                long startNs = System.nanoTime();
                KeepAlive.Answer answer = connection.post(log.path(last), JSON, log.body(last));
                double seconds = (System.nanoTime() - startNs) / 1e9;
                if (answer.status() == 200) {
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %.1f | %.0f |%n",
                            side.name(),
                            seconds,
                            slots / seconds);
                } else {
                    System.out.printf(
                            "| %s | %d %s | - |%n",
                            side.name(),
                            answer.status(),
                            new String(answer.body(), UTF_8)
                                    .lines()
                                    .findFirst()
                                    .orElse("")
                                    .replace("|", "\\|"));
                }
            }
        }
    }

    // ---- requests

    private static void post(KeepAlive connection, NodeStandIn.Log log, int slot)
            throws IOException {
        ok(connection.post(log.path(slot), JSON, log.body(slot)));
    }

    private static void snapshot(KeepAlive connection, NodeStandIn.Log log) throws IOException {
        ok(connection.post("/snapshot/" + log.id, JSON, "{}".getBytes(UTF_8)));
    }

    private static KeepAlive.Answer ok(KeepAlive.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(
                    "the unit answered "
                            + answer.status()
                            + ": "
                            + new String(answer.body(), UTF_8));
        }
        return answer;
    }

    private static void data(KeepAlive.Answer answer, String expected) throws IOException {
        String data = Json.MAPPER.readTree(answer.body()).at("/Output/data").asString("(no data)");
        if (!data.equals(expected)) {
            throw new IOException("the unit evaluated to " + data + ", not " + expected);
        }
    }

    private static double quantile(long[] ns, double at) {
        long[] sorted = ns.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) Math.floor(sorted.length * at))];
    }

    private static String ms(double ns) {
        return String.format(Locale.ROOT, ns < 1e7 ? "%.2f" : "%.1f", ns / 1e6);
    }

    @Override
    public void close() {
        for (Process child : children) {
            child.destroy();
            child.onExit().join();
        }
        node.close();
    }
}
