package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.RandomModule.Flavour;
import dev.flywheel.cu.module.pass.LegacyExceptions;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.cu.module.pass.MemoryNarrowing;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import dev.flywheel.wasmtime.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Second opinions: random modules do under Wasmtime, after our passes, what they do elsewhere
 * before them. V8 runs the older exceptions as they are, binaryen translates them, the reference's
 * own metering counts gas, the loader's JavaScript longjmps; a memory of 64 bits is compared with
 * the same one narrowed.
 *
 * <p>Needs Node.js 20 with npm, and fails where they are missing. Some dozen modules of each kind;
 * more with {@code -Dsurefire.extra.args=-Doracle.modules=2000}.
 */
class OracleTest {

    private static final int MODULES = Integer.getInteger("oracle.modules", 24);
    private static final int ARGUMENTS = 16;
    private static final int HASH_START = 17;
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", ".npmrc", "oracle.mjs");
    private static final long INSTALL_S = 300;
    private static final long RUN_S = 3_600;
    private static final Path ORACLE = Path.of("target/oracle").toAbsolutePath();

    /** Of each kind of end how many were seen: a run without traps would show little. */
    private final Map<String, Integer> ends = new HashMap<>();

    private int hash;

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(ORACLE);
        boolean same = Files.isDirectory(ORACLE.resolve("node_modules/binaryen"));
        for (String file : FILES) {
            Path from = Path.of("src/test/oracle", file);
            Path to = ORACLE.resolve(file);
            same &= Files.exists(to) && (!file.endsWith(".json") || Files.mismatch(from, to) < 0);
            Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        if (!same) {
            run(INSTALL_S, "npm", "ci", "--loglevel=error");
        }
    }

    private static List<String> run(long patienceS, String... command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(ORACLE, "run", ".log");
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(ORACLE.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test asks V8, binaryen and the reference's metering, and needs Node.js 20"
                            + " or later with npm: "
                            + e.getMessage(),
                    e);
        }
        boolean ended = process.waitFor(patienceS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(log, StandardCharsets.UTF_8);
        Files.delete(log);
        assertThat(ended).as(String.join(" ", command) + " ends\n" + printed).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed.lines().toList();
    }

    /** One module, what the oracle said of it, and what its tools made of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asked(String name, byte[] wasm, List<String> answers, byte[] made) {}

    private static List<Asked> ask(Flavour flavour, Path folder) throws Exception {
        Map<String, byte[]> modules = new HashMap<>();
        for (int seed = 0; seed < MODULES; seed++) {
            String name = "%s-%05d.wasm".formatted(flavour.name().toLowerCase(Locale.ROOT), seed);
            byte[] wasm = new RandomModule(flavour, seed).wasm();
            modules.put(name, wasm);
            Files.write(folder.resolve(name), wasm);
        }
        List<Asked> asked = new ArrayList<>();
        for (String line : run(RUN_S, "node", "oracle.mjs", folder.toString())) {
            List<String> words = List.of(line.split(" "));
            String name = words.getFirst();
            Path made = folder.resolve(name + ".made");
            asked.add(
                    new Asked(
                            name,
                            Objects.requireNonNull(modules.get(name), name),
                            words.subList(1, words.size()),
                            Files.exists(made) ? Files.readAllBytes(made) : new byte[0]));
        }
        assertThat(asked).hasSize(MODULES);
        return asked;
    }

    private void bindLog(Bench bench) {
        bench.host("log", FunctionType.of(ValueType.I32), call -> hash = 31 * hash + call.i32(0));
    }

    /** Runs {@code f} on new instances, and compares how each ended. */
    private List<String> answers(Bench bench, byte[] wasm, boolean gas) {
        List<String> answers = new ArrayList<>();
        for (int argument = 0; argument < ARGUMENTS; argument++) {
            bench.instantiate(wasm);
            hash = HASH_START;
            Trap trap = bench.call("f", argument);
            String end =
                    trap == null
                            ? String.valueOf((int) bench.i64Result())
                            : trap.code() == TrapCode.UNCAUGHT_EXCEPTION ? "exception" : "trap";
            String used =
                    gas && trap == null
                            ? ":"
                                    + (Metering.DEFAULT_LIMIT
                                            - bench.instance().global(Metering.GAS_GLOBAL).i64())
                            : "";
            answers.add(end + ":" + hash + used);
            ends.merge(trap == null ? "result" : end, 1, Integer::sum);
            bench.renew();
        }
        return answers;
    }

    @Test
    void shouldCatchOldExceptionsAsV8AndBinaryenDo(@TempDir Path folder) throws Exception {
        List<Asked> all = ask(Flavour.LEGACY, folder);
        Bench.use(
                bench -> {
                    bindLog(bench);
                    for (Asked each : all) {
                        byte[] ours = each.wasm();
                        if (RewrittenModule.of(ours, List.of(Pass.LEGACY)).applied().isEmpty()) {
                            continue; // no try in it, by chance
                        }
                        ours = Bench.rewritten(ours, new LegacyExceptions());
                        assertThat(answers(bench, ours, false))
                                .as(each.name())
                                .isEqualTo(each.answers());
                        assertThat(answers(bench, each.made(), false))
                                .as("binaryen's " + each.name())
                                .isEqualTo(each.answers());
                    }
                });
        assertThat(ends).containsKeys("result", "exception", "trap");
    }

    @Test
    void shouldCountGasAsTheReferenceDoes(@TempDir Path folder) throws Exception {
        List<Asked> all = ask(Flavour.GAS, folder);
        Bench.use(
                bench -> {
                    bindLog(bench);
                    for (Asked each : all) {
                        byte[] ours = Bench.rewritten(each.wasm(), new Metering());
                        assertThat(answers(bench, ours, true))
                                .as(each.name())
                                .isEqualTo(withoutGasOfTraps(each.answers()));
                    }
                });
        assertThat(ends).containsKeys("result", "trap");
    }

    /** A trap may come before what is owed is paid; nobody is told the gas then. */
    private static List<String> withoutGasOfTraps(List<String> answers) {
        return answers.stream()
                .map(a -> a.startsWith("trap:") ? a.substring(0, a.lastIndexOf(':')) : a)
                .toList();
    }

    @Test
    void shouldLongjmpAsTheLoaderDoes(@TempDir Path folder) throws Exception {
        List<Asked> all = ask(Flavour.LONGJMP, folder);
        Bench.use(
                bench -> {
                    bindLog(bench);
                    FunctionType invoke =
                            FunctionType.of(ValueType.I32, ValueType.I32).returning(ValueType.I32);
                    bench.host("invoke_ii", invoke, call -> fail());
                    bench.host("_emscripten_throw_longjmp", FunctionType.of(), call -> fail());
                    for (Asked each : all) {
                        byte[] ours = Bench.rewritten(each.wasm(), new Longjmp());
                        assertThat(answers(bench, ours, false))
                                .as(each.name())
                                .isEqualTo(each.answers());
                    }
                });
        assertThat(ends).containsKeys("result", "exception", "trap");
    }

    private static void fail() {
        throw new AssertionError("an import was called that the pass takes over");
    }

    @Test
    void shouldNarrowMemoriesWithoutAnyDifference() {
        Bench.use(
                bench -> {
                    bindLog(bench);
                    for (int seed = 0; seed < MODULES; seed++) {
                        byte[] wide = new RandomModule(Flavour.NARROW, seed).wasm();
                        byte[] narrow = Bench.rewritten(wide, new MemoryNarrowing());
                        assertThat(withMemory(bench, narrow))
                                .as("seed=%d", seed)
                                .isEqualTo(withMemory(bench, wide));
                    }
                });
        assertThat(ends).containsKeys("result", "trap");
    }

    /** How each call ended, by which trap, with what in memory. */
    private List<String> withMemory(Bench bench, byte[] wasm) {
        List<String> answers = new ArrayList<>();
        for (int argument = 0; argument < ARGUMENTS; argument++) {
            bench.instantiate(wasm);
            hash = HASH_START;
            Trap trap = bench.call("f", argument);
            String end =
                    trap == null ? String.valueOf((int) bench.i64Result()) : trap.code().toString();
            byte[] memory = bench.memory().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            answers.add(end + ":" + hash + ":" + Samples.sha256(memory));
            ends.merge(trap == null ? "result" : "trap", 1, Integer::sum);
            bench.renew();
        }
        return answers;
    }
}
