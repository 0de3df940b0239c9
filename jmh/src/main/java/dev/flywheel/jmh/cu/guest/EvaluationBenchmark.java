package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestEngine;
import dev.flywheel.cu.guest.GuestEngineOptions;
import dev.flywheel.cu.guest.GuestModule;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One message to a warm aos process: what it costs with everything that keeps the process exact
 * (pages tracked, memory kept for a failure to come), and what a failing one costs.
 *
 * <p>The strings are those of the peer, {@code jmh/peers/ao-loader/bench.mjs}: run both on the same
 * machine.
 *
 * <pre>
 * mvn -q -Dquickly package &amp;&amp; make modules
 * java FLAGS -cp 'jmh/target/classes:jmh/target/lib/*' org.openjdk.jmh.Main EvaluationBenchmark
 *   (FLAGS: flywheel.jvm.flags of the root POM)
 * (cd jmh/peers/ao-loader; npm ci; node --experimental-wasm-memory64 bench.mjs AOS2_0_6.WASM)
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xss12m") // guests run on the harness's own thread
@SuppressWarnings("NullAway.Init") // by the harness and the set-up
public class EvaluationBenchmark {
    private static final String PROCESS = "P".repeat(43);
    private static final String OWNER = "O".repeat(43);
    private static final byte[] ENVIRONMENT =
            ("{\"Process\":{\"Id\":\""
                            + PROCESS
                            + "\",\"Owner\":\""
                            + OWNER
                            + "\",\"Tags\":[{\"name\":\"Data-Protocol\",\"value\":\"ao\"},"
                            + "{\"name\":\"Type\",\"value\":\"Process\"}]},\"Module\":{\"Id\":\""
                            + "M".repeat(43)
                            + "\",\"Owner\":\""
                            + OWNER
                            + "\",\"Tags\":[{\"name\":\"Type\",\"value\":\"Module\"}]}}")
                    .getBytes(UTF_8);

    @Param("wasm64-unknown-emscripten-draft_2024_02_15")
    public String format;

    @Param("aos2_0_6")
    public String module;

    private GuestEngine engine;
    private GuestModule loaded;
    private GuestProcess process;
    private Path artefacts;
    private long nonce;

    @Setup
    public void setUp() throws Exception {
        artefacts = Files.createTempDirectory("artefacts");
        engine = GuestEngine.open(GuestEngineOptions.defaults(artefacts, new byte[32]));
        Path file =
                Path.of(
                        System.getProperty("user.home"),
                        ".cache/flywheel/modules/" + module + ".wasm");
        Id id = Id.sha256(module.getBytes(UTF_8));
        loaded = engine.load(id, Files.readAllBytes(file), format);
        process = loaded.newProcess(GuestProcessOptions.of(id));
        String tags =
                "{\"name\":\"Type\",\"value\":\"Process\"},{\"name\":\"Module\",\"value\":\""
                        + "M".repeat(43)
                        + "\"}";
        expect(process, message(PROCESS, "", tags), "");
    }

    @TearDown
    public void tearDown() throws IOException {
        process.close();
        loaded.close();
        engine.close();
        try (var files = Files.list(artefacts)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(artefacts);
    }

    private byte[] message(String id, String data, String tags) {
        long now = nonce++;
        return ("{\"Id\":\""
                        + id
                        + "\",\"Data\":\""
                        + data
                        + "\",\"Owner\":\""
                        + OWNER
                        + "\",\"Target\":\""
                        + PROCESS
                        + "\",\"From\":\""
                        + OWNER
                        + "\",\"Tags\":["
                        + tags
                        + "],\"Epoch\":0,\"Nonce\":"
                        + now
                        + ",\"Timestamp\":"
                        + (1_700_000_000_000L + now)
                        + ",\"Block-Height\":1600000,\"Module\":\""
                        + "M".repeat(43)
                        + "\",\"Cron\":false,\"Read-Only\":false}")
                .getBytes(UTF_8);
    }

    private byte[] eval(String code) {
        String number = Long.toString(nonce);
        String id = "E".repeat(43 - number.length()) + number;
        return message(id, code.replace("\"", "\\\""), "{\"name\":\"Action\",\"value\":\"Eval\"}");
    }

    private static Evaluation expect(GuestProcess process, byte[] message, String data) {
        Evaluation got = process.evaluate(message, ENVIRONMENT, EvaluationLimits.DEFAULTS);
        String output = new String(got.result().output(), UTF_8);
        if (!data.isEmpty() && !output.contains("\"data\":\"" + data + "\"")) {
            throw new IllegalStateException(got.kind() + " " + got.diagnostic() + " " + output);
        }
        return got;
    }

    /** The peer's evalWarm. */
    @Benchmark
    public Evaluation evaluateSmall() {
        return expect(process, eval("1+1"), "2");
    }

    /** A dry run: the same, and undone. */
    @Benchmark
    public Evaluation dryRunSmall() {
        return process.dryRun(eval("1+1"), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    /** A Lua error, undone. */
    @Benchmark
    public Evaluation evaluateFailing() {
        return process.evaluate(eval("error(1)"), ENVIRONMENT, EvaluationLimits.DEFAULTS);
    }

    /** The peer's pcalls100k. */
    @Benchmark
    public Evaluation catch100kErrors() {
        return expect(process, eval("for i = 1, 100000 do pcall(error, \"x\") end return 7"), "7");
    }
}
