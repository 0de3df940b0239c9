package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.pass.LegacyExceptions;
import dev.flywheel.wasmtime.Engine;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LegacyExceptionsTest {

    private static final String MODULE =
            "(module (tag $t (param i32)) (tag $empty)\n"
                    + "  (func $thrower (param i32) (result i32) try (result i32) local.get 0 throw $t delegate 0)\n"
                    + "  (func (export \"f\") (param i32) (result i32) %s))";

    /** Code, what it gives for 0, 1, 2, and the digest of what the reference makes of it. */
    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of(
                        "catch and catch_all",
                        """
                        try (result i32)
                          block block block local.get 0 br_table 0 1 2 end i32.const 7 throw $t end throw $empty end
                          i32.const 1
                        catch $t
                          i32.const 100 i32.add
                        catch_all
                          i32.const 5
                        end
                        """,
                        new int[] {107, 5, 1},
                        "7fd7c53a609cf245baa8b57bfa7f34fffc0143dddb306f152751d8233f2b237a"),
                Arguments.of(
                        "rethrow to an outer try",
                        """
                        try (result i32)
                          try (result i32)
                            local.get 0 throw $t
                          catch $t
                            drop rethrow 0
                          end
                        catch $t
                          i32.const 200 i32.add
                        end
                        """,
                        new int[] {200, 201, 202},
                        "31907713ad7d0264386c60744b905c37591e573d04b5eb357bd3edede9d35f7b"),
                Arguments.of(
                        "delegate over a block",
                        """
                        try (result i32)
                          block (result i32)
                            try (result i32)
                              local.get 0 throw $t
                            delegate 1
                          end
                        catch $t
                          i32.const 300 i32.add
                        end
                        """,
                        new int[] {300, 301, 302},
                        "4d633e178f9575471239e44bdce4fca1b97e8f37452f04ada8c5d6c681840d47"),
                Arguments.of(
                        "branch out of body and handler",
                        """
                        block (result i32)
                          try (result i32)
                            i32.const 9 local.get 0 br_if 1
                            drop throw $empty
                          catch_all
                            i32.const 8 br 1
                          end
                        end
                        """,
                        new int[] {8, 9, 9},
                        "b8dbd5162306906058faf3e0b8541bebbc31fe22dd58bf9eeb0183937c494c82"),
                Arguments.of(
                        "delegate to the caller",
                        """
                        try (result i32)
                          local.get 0 call $thrower
                        catch $t
                          i32.const 400 i32.add
                        end
                        """,
                        new int[] {400, 401, 402},
                        "96ee69c7124bdd5c845f8cbfb569b88b1c2cdd63bfa290e5baead264b2817283"),
                Arguments.of(
                        "rethrow from inside of another handler",
                        """
                        try (result i32)
                          try (result i32)
                            local.get 0 throw $t
                          catch $t
                            drop
                            try (result i32)
                              throw $empty
                            catch_all
                              rethrow 1
                            end
                          end
                        catch $t
                          i32.const 500 i32.add
                        end
                        """,
                        new int[] {500, 501, 502},
                        ""),
                Arguments.of(
                        "delegate past a try that catches nothing",
                        """
                        try (result i32)
                          try (result i32)
                            try (result i32)
                              local.get 0 throw $t
                            delegate 0
                          end
                        catch $t
                          i32.const 600 i32.add
                        end
                        """,
                        new int[] {600, 601, 602},
                        ""),
                Arguments.of(
                        "parameters of a try",
                        """
                        i32.const 1000
                        try (param i32) (result i32)
                          local.get 0 i32.add local.get 0 i32.const 1 i32.eq
                          if (param i32) (result i32) throw $t end
                        catch $t
                          i32.const 1 i32.add
                        end
                        """,
                        new int[] {1000, 1002, 1002},
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldCatchAsBefore(String name, String code, int[] expected, String digest) {
        Bench.use(
                bench -> {
                    byte[] made = translated(code);
                    if (!digest.isEmpty()) {
                        assertThat(Samples.sha256(made)).isEqualTo(digest);
                    }
                    bench.instantiate(made);
                    for (int argument = 0; argument < expected.length; argument++) {
                        assertThat(bench.result("f", argument))
                                .as("%s of %d", name, argument)
                                .isEqualTo(expected[argument]);
                    }
                });
    }

    private static byte[] translated(String code) throws Exception {
        byte[] wasm = Engine.wat2wasm(MODULE.formatted(code));
        return Bench.rewritten(wasm, new LegacyExceptions());
    }

    @Test
    void shouldChangeNothingTheSecondTime() throws Exception {
        byte[] made = translated("try (result i32) local.get 0 throw $t catch_all i32.const 1 end");
        assertThat(apply(made)).isFalse();
    }

    @Test
    void shouldRefuseOldAndNewExceptionsInOneFunction() {
        byte[] wasm =
                Engine.wat2wasm(
                        MODULE.formatted(
                                "try (result i32) block try_table (catch_all 0) end end i32.const 1"
                                        + " catch_all i32.const 2 end"));
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> apply(wasm))
                .withMessageContaining("old and new exceptions in one function");
    }

    private static boolean apply(byte[] wasm) throws MalformedModuleException {
        WasmModule module = ModuleReader.read(wasm);
        ModuleCheck.published(module);
        return new LegacyExceptions().apply(module);
    }

    @Test
    void shouldFollowLongWaysOfDelegatesInLinearTime() throws Exception {
        int depth = 4_000;
        String code =
                "try (result i32) ".repeat(depth)
                        + "local.get 0 throw $t "
                        + "delegate 0 ".repeat(depth);
        assertThat(translated(code)).isNotEmpty();
        String nothing =
                "try ".repeat(depth)
                        + "try throw $empty delegate 0 ".repeat(depth)
                        + "end ".repeat(depth)
                        + "i32.const 0";
        assertThat(translated(nothing)).isNotEmpty();
    }
}
