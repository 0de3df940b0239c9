package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.pass.Interruption;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.RevocablePages;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {

    /** Long enough that a guest is in the midst of what it does. */
    private static final long RUNNING_NS = 20_000_000;

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a loop that does nothing    | (loop $again br $again)
                    a loop that only reads      | (loop $again (drop (i32.load (i32.const 8))) br $again)
                    a loop that reads our place | (loop $again (drop (i32.load8_u (i32.const 0))) br $again)
                    a loop that counts          | (loop $again (global.set $n (i32.add (global.get $n) (i32.const 1))) br $again)
                    a loop with a store that is never reached | (loop $again (if (global.get $never) (then (i32.store (i32.const 0) (i32.const 1)) return)) br $again)
                    a loop in a loop            | (loop $outer (loop $inner (br_if $inner (i32.eqz (global.get $never)))) br $outer)
                    a loop around a try         | (loop $again (block $caught (try_table (catch_all $caught) (throw $t))) br $again)
                    a tree of calls             | (call $tree (i32.const 60))
                    a tree of indirect calls    | (call_indirect (type $tree) (i32.const 60) (i32.const 0))
                    filling memory              | (loop $again (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) br $again)
                    """)
    void shouldStopWhateverGoesOn(String what, String body) throws Exception {
        byte[] wasm =
                Engine.wat2wasm(
                        """
                        (module
                          (type $tree (func (param i32)))
                          (memory (export "memory") 1)
                          (tag $t)
                          (global $n (mut i32) (i32.const 0))
                          (global $never (mut i32) (i32.const 0))
                          (table 1 funcref)
                          (elem (i32.const 0) $indirect)
                          (func $tree (param i32)
                            (if (i32.eqz (local.get 0)) (then return))
                            (call $tree (i32.sub (local.get 0) (i32.const 1)))
                            (call $tree (i32.sub (local.get 0) (i32.const 1))))
                          (func $indirect (param i32)
                            (if (i32.eqz (local.get 0)) (then return))
                            (call_indirect (type $tree) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
                            (call_indirect (type $tree) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
                          (func (export "run") BODY)
                          (func (export "short") (loop)))
                        """
                                .replace("BODY", body));
        byte[] prepared = ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED).wasm();
        Bench.use(
                bench -> {
                    bench.instantiate(prepared);
                    RevocablePages pages = bench.instance().memory(Interruption.MEMORY).revocable();
                    long guest = Thread.currentThread().threadId();
                    Thread other =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                awaitRunning(guest);
                                                pages.revoke();
                                            });
                    Trap trap = bench.trap("run");
                    assertThat(trap.code()).as(what).isEqualTo(TrapCode.MEMORY_OUT_OF_BOUNDS);
                    other.join();
                    pages.restore();
                    bench.result("short");
                });
    }

    /** Until the thread has run for some time: only guest code keeps it so busy. */
    private static void awaitRunning(long thread) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long until = threads.getThreadCpuTime(thread) + RUNNING_NS;
        while (threads.getThreadCpuTime(thread) < until) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldGiveTheStartFunctionToTheHost() throws Exception {
        byte[] wasm =
                Engine.wat2wasm(
                        """
                        (module (memory (export "memory") 1)
                          (func $start (i32.store8 (i32.const 0) (i32.const 7))) (start $start))
                        """);
        PreparedModule prepared = ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED);
        Bench.use(
                bench -> {
                    bench.instantiate(prepared.wasm());
                    var memory = bench.instance().memory("memory").view();
                    assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isZero();
                    bench.result(Interruption.START);
                    assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
                });
    }

    /** Else its own instructions, of the first memory, would mean ours. */
    @Test
    void shouldGiveNoMemoryToAModuleWithoutOne() throws Exception {
        byte[] wasm = Engine.wat2wasm("(module (func (export \"f\") (loop $again br $again)))");
        assertThat(RewrittenModule.of(wasm, List.of(Pass.INTERRUPT)).applied()).isEmpty();
    }

    /** What the pass makes may come from it only. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    (memory 1) (func (drop (i32.atomic.load8_u (i32.const 0))))
                    (memory 1) (memory 1)
                    (memory 1 1 shared)
                    """)
    void shouldRefuseItsInstructionsInAGuest(String fields) {
        byte[] wasm = Engine.wat2wasm("(module " + fields + ")");
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> ModulePipeline.prepare(wasm, PreparationOptions.UNMETERED));
    }

    @Test
    void shouldMakeWhatOurReaderDoesNotRead() throws Exception {
        byte[] wasm = Engine.wat2wasm("(module (memory 1) (func (loop)))");
        byte[] made = RewrittenModule.of(wasm, List.of(Pass.INTERRUPT)).wasm();
        assertThatExceptionOfType(MalformedModuleException.class)
                .isThrownBy(() -> ModulePipeline.prepare(made, PreparationOptions.UNMETERED));
        assertThat(ModuleReader.read(wasm).functions).hasSize(1);
    }
}
