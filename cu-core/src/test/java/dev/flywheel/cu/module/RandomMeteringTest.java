package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.RandomModule.Flavour;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.cu.module.pass.ModulePass;
import dev.flywheel.cu.module.pass.SimpleMetering;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.ValueType;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gas as the host sees it, at each of its calls and at the end, against charging each segment by
 * itself. More modules with {@code -Dsurefire.extra.args="-Dmetering.modules=20000"}, others with
 * {@code -Dmetering.seed=N}.
 */
class RandomMeteringTest {

    private static final int ARGUMENTS = 6;

    @Test
    void shouldHaveChargedTheSameWheneverTheHostLooks() {
        int modules = Integer.getInteger("metering.modules", 150);
        long first = Long.getLong("metering.seed", 1);
        Bench.use(
                bench -> {
                    List<String> seen = new ArrayList<>();
                    bench.host(
                            "log",
                            FunctionType.of(ValueType.I32),
                            call -> seen.add(call.i32(0) + " " + gas(bench)));
                    int looks = 0;
                    for (long seed = first; seed < first + modules; seed++) {
                        byte[] wasm = new RandomModule(Flavour.GAS, seed).wasm();
                        List<String> simple = run(bench, wasm, new SimpleMetering(), seen);
                        List<String> lazy = run(bench, wasm, new Metering(), seen);
                        assertThat(lazy).as("seed=%d", seed).isEqualTo(simple);
                        looks += simple.size();
                    }
                    assertThat(looks).isGreaterThan(modules * 2 * ARGUMENTS);
                });
    }

    private static List<String> run(Bench bench, byte[] wasm, ModulePass pass, List<String> seen)
            throws Exception {
        byte[] made = Bench.rewritten(wasm, pass);
        seen.clear();
        for (int argument = 0; argument < ARGUMENTS; argument++) {
            bench.instantiate(made);
            Trap trap = bench.call("f", argument);
            // A trap may come before what is owed is paid; nobody is told the gas then.
            String end =
                    trap == null ? (int) bench.i64Result() + " " + gas(bench) : trap.code().name();
            byte[] memory = bench.memory().toArray(ValueLayout.JAVA_BYTE);
            seen.add(end + " " + Arrays.hashCode(memory));
            bench.renew();
        }
        return List.copyOf(seen);
    }

    private static long gas(Bench bench) {
        return bench.instance().global(Metering.GAS_GLOBAL).i64();
    }

    /** A throw leaves functions before their ends: what they owe must have been paid. */
    @ParameterizedTest
    @ValueSource(strings = {"32/catcher", "64/catcher"})
    void shouldHaveChargedTheSameWhereFunctionsAreLeftByAThrow(String guest) {
        List<String> messages =
                List.of(
                        "{\"Tags\":[{\"name\":\"Action\",\"value\":\"Fail\"},{\"name\":\"Times\",\"value\":\"9\"}]}",
                        "{\"Tags\":[{\"name\":\"Action\",\"value\":\"Fail\"},{\"name\":\"Times\",\"value\":\"3\"},"
                                + "{\"name\":\"Depth\",\"value\":\"7\"}]}",
                        "{\"Tags\":[{\"name\":\"Times\",\"value\":\"5\"},{\"name\":\"Depth\",\"value\":\"2\"}]}");
        Bench.use(
                bench -> {
                    List<String> simple = answers(bench, guest, new SimpleMetering(), messages);
                    bench.renew();
                    bench.relink();
                    assertThat(answers(bench, guest, new Metering(), messages)).isEqualTo(simple);
                });
    }

    private static List<String> answers(
            Bench bench, String guest, ModulePass metering, List<String> messages)
            throws Exception {
        byte[] wasm = Samples.wasm(guest);
        PreparedModule plain = ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED);
        WasmModule module = ModuleReader.read(wasm);
        metering.apply(module);
        assertThat(new Longjmp().apply(module)).isTrue();
        bench.guest(
                new PreparedModule(ModuleWriter.write(module), plain.shape(), plain.gasGlobal()));
        List<String> answers = new ArrayList<>();
        for (String message : messages) {
            answers.add(bench.handle(message) + " " + gas(bench));
        }
        return answers;
    }
}
