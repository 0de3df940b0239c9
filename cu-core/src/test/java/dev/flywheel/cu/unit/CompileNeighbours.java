package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.guest.compile.Bombs;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what a compile bomb does to others: times from a message of one of 100 processes to its
 * result over HTTP, alone and while a module is compiled that takes minutes. Rounds alternate.
 *
 * <pre>
 * mvn -q -Dquickly package &amp;&amp; java FLAGS -cp \
 *   'cu-core/target/test-classes:cu-core/target/classes:node/target/lib/*' dev.flywheel.cu.unit.CompileNeighbours
 *   (FLAGS: flywheel.jvm.flags of the root POM)
 * </pre>
 *
 * <p>The argument {@code here} compiles in the unit's own JVM instead, as it was without compiling
 * processes.
 */
final class CompileNeighbours implements AutoCloseable {
    private static final int PROCESSES = 100;
    private static final int ROUNDS = 4;
    private static final int MESSAGES = 2_000;
    private static final int WARM_UP = 500;
    private static final byte[] KEY = new byte[32];

    private final TestNetwork network = new TestNetwork();
    private final ComputeUnit unit;
    private final HttpCalls calls = new HttpCalls(new HttpCallLimits(5_000, 600_000, 1 << 20));
    private final List<TestLog> logs = new ArrayList<>();

    private CompileNeighbours(boolean here) throws IOException {
        Path directory = Files.createTempDirectory("neighbours");
        GuestEngineOptions options = GuestEngineOptions.defaults(directory.resolve("modules"), KEY);
        ComputeUnitOptions.Settings settings =
                ComputeUnitOptions.Settings.defaults().withProcessesWarm(PROCESSES);
        CompileSettings compile = CompileSettings.of(3_600_000, 8L << 30);
        unit =
                ComputeUnit.start(
                        new ComputeUnitOptions(
                                new InetSocketAddress("127.0.0.1", 0),
                                directory,
                                "address-of-the-unit",
                                network.url(),
                                network.url(),
                                KEY,
                                settings,
                                compile),
                        new GuestEvaluator(
                                GuestEngine.open(
                                        here ? options : options.withCompileProcess(compile))),
                        InstantSource.system());
        String resource = "/dev/flywheel/guests/64/counter.wasm";
        try (InputStream in = CompileNeighbours.class.getResourceAsStream(resource)) {
            Id module = publish(Objects.requireNonNull(in, resource).readAllBytes());
            for (int i = 0; i < PROCESSES; i++) {
                logs.add(TestLog.spawn(network, "p" + i, new Tag("Module", module.toString())));
            }
        }
    }

    private Id publish(byte[] wasm) {
        Id module = Id.sha256(wasm);
        network.put(
                new TestNetwork.Item(
                        module,
                        "module-owner",
                        TestNetwork.MODULE_TAGS
                                .without("Module-Format")
                                .with(
                                        "Module-Format",
                                        "wasm64-unknown-emscripten-draft_2024_02_15"),
                        wasm));
        return module;
    }

    private String path(TestLog log, String message) {
        return "http://127.0.0.1:" + unit.port() + UnitUnderTest.resultPath(log, message);
    }

    private long[] round(int messages) throws IOException, InterruptedException {
        long[] ns = new long[messages];
        for (int i = 0; i < messages; i++) {
            TestLog log = logs.get(i % PROCESSES);
            String message = log.message("", new Tag("Action", "Inc"), new Tag("By", "1"));
            long startNs = System.nanoTime();
            Answer answer = calls.send(Call.get(path(log, message)));
            ns[i] = System.nanoTime() - startNs;
            if (answer.status() != 200) {
                throw new IOException(answer.status() + " " + answer.text());
            }
        }
        Arrays.sort(ns);
        return ns;
    }

    /** A process of a module that is being compiled when this returns. */
    private void beginBomb(int number) {
        Id module = publish(Bombs.nestedLoops(200 + number, 4_096));
        TestLog log = TestLog.spawn(network, "bomb" + number, new Tag("Module", module.toString()));
        calls.sendAsync(Call.get(path(log, log.message("x"))));
        LockSupport.parkNanos(3_000_000_000L);
    }

    private static void print(String name, long[] sorted) {
        byte[] line =
                String.format(
                                Locale.ROOT,
                                "%s messages=%d p50Ms=%.2f p99Ms=%.2f maxMs=%.2f%n",
                                name,
                                sorted.length,
                                sorted[sorted.length / 2] / 1e6,
                                sorted[sorted.length * 99 / 100] / 1e6,
                                sorted[sorted.length - 1] / 1e6)
                        .getBytes(UTF_8);
        System.out.write(line, 0, line.length);
        System.out.flush();
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        boolean here = List.of(arguments).contains("here");
        for (int i = 0; i < ROUNDS; i++) {
            for (boolean bomb : new boolean[] {false, true}) {
                try (CompileNeighbours measured = new CompileNeighbours(here)) {
                    measured.round(WARM_UP);
                    if (bomb) {
                        measured.beginBomb(i);
                    }
                    print(bomb ? "bomb " : "alone", measured.round(MESSAGES));
                    if (bomb && here) {
                        Runtime.getRuntime().halt(0); // nothing else ends that compile
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        calls.close();
        unit.close();
        network.close();
    }
}
