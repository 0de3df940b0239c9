package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.pass.LegacyExceptions;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import dev.flywheel.wasmtime.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random modules full of legacy exceptions, whose results are those of V8 (Node 20.20), which runs
 * the old instructions natively. Each line of the file: the module in base64, the digest of what
 * the reference's pass makes of it, and for the arguments 0 to 31 the result of {@code f}, or
 * {@code exception}, with a running hash of what it logged.
 */
class RandomLegacyExceptionsTest {

    private static final int HASH_START = 17;

    private int hash;

    @Test
    void shouldRunAsV8RunsTheOldInstructions() {
        List<String> lines =
                new String(
                                Samples.resource("/dev/flywheel/cu/module/legacy-exceptions.txt"),
                                StandardCharsets.US_ASCII)
                        .lines()
                        .toList();
        assertThat(lines).hasSizeGreaterThan(50);
        Bench.use(
                bench -> {
                    bench.host(
                            "log",
                            FunctionType.of(ValueType.I32),
                            call -> hash = 31 * hash + call.i32(0));
                    for (int i = 0; i < lines.size(); i++) {
                        check(bench, i, lines.get(i).split(" "));
                    }
                });
    }

    private void check(Bench bench, int number, String[] line) throws Exception {
        byte[] made = Bench.rewritten(Base64.getDecoder().decode(line[0]), new LegacyExceptions());
        assertThat(Samples.sha256(made)).as("module %d", number).isEqualTo(line[1]);
        for (int argument = 0; argument + 2 < line.length; argument++) {
            bench.instantiate(made);
            hash = HASH_START;
            Trap trap = bench.call("f", argument);
            if (trap != null) {
                assertThat(trap.code()).isEqualTo(TrapCode.UNCAUGHT_EXCEPTION);
            }
            String result = trap == null ? String.valueOf((int) bench.i64Result()) : "exception";
            assertThat(result + ":" + hash)
                    .as("module %d of %d", number, argument)
                    .isEqualTo(line[argument + 2]);
            bench.renew();
        }
    }
}
