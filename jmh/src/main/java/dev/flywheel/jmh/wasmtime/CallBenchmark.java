package dev.flywheel.jmh.wasmtime;

import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.Function;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import dev.flywheel.wasmtime.ValueType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls into a guest, out of it, and traps, with epochs on as the compute unit has them. {@code
 * jmh/peers/c/calls.c} does the same to the same guest in C: the difference is Java's. Run: {@code
 * jmh/run.sh wasmtime}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
// Guests run on the harness's own threads, which need Wasmtime's 512 KiB and 1 MiB above it.
@Fork(value = 1, jvmArgsAppend = "-Xss4m")
@SuppressWarnings("NullAway.Init") // set by the harness's set-up
public class CallBenchmark {

    /** How often the guest calls the host in one call: the way in is then lost in the mean. */
    static final int CALLS = 10_000;

    private Engine engine;
    private Linker linker;
    private Store store;
    private Slots slots;
    private Function add;
    private Function callHost;
    private Function outOfBounds;
    private Function overflow;

    @Setup
    public void open() throws IOException {
        engine = new Engine(EngineOptions.builder().epochInterruption(true).build());
        linker = new Linker(engine);
        FunctionType type = FunctionType.of(ValueType.I64).returning(ValueType.I64);
        linker.define("host", "increment", type, call -> call.returnI64(call.i64(0) + 1));
        store = new Store(engine, StoreOptions.of(this, 1 << 20));
        store.setEpochDeadline(1);
        try (Module module = engine.compile(Engine.wat2wasm(guest()))) {
            Instance instance = linker.instantiate(store, module);
            add = instance.function("add");
            callHost = instance.function("call_host");
            outOfBounds = instance.function("out_of_bounds");
            overflow = instance.function("overflow");
        }
        slots = store.slots(2);
    }

    @TearDown
    public void close() {
        store.close();
        linker.close();
        engine.close();
    }

    /** Into the guest and back. */
    @Benchmark
    public long hostToWasm() {
        slots.setI64(0, 40);
        slots.setI64(1, 2);
        returned(add.call(slots));
        return slots.i64(0);
    }

    /** Out of the guest and back, with a parameter and a result. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long wasmToHost() {
        slots.setI64(0, CALLS);
        returned(callHost.call(slots));
        return slots.i64(0);
    }

    /** A load outside of the memory: signal, unwinding, and the trap as data. */
    @Benchmark
    public Trap trap() {
        return trapped(outOfBounds.call(slots), TrapCode.MEMORY_OUT_OF_BOUNDS);
    }

    /** The stack used up: 512 KiB of frames to unwind. */
    @Benchmark
    public Trap stackOverflow() {
        return trapped(overflow.call(slots), TrapCode.STACK_OVERFLOW);
    }

    private static void returned(@org.jspecify.annotations.Nullable Trap trap) {
        if (trap != null) {
            throw new IllegalStateException(trap.message());
        }
    }

    private static Trap trapped(@org.jspecify.annotations.Nullable Trap trap, TrapCode code) {
        if (trap == null || trap.code() != code) {
            throw new IllegalStateException("expected " + code + ", got " + trap);
        }
        return trap;
    }

    /** The peer's guest too. */
    private static String guest() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(CallBenchmark.class.getResourceAsStream("calls.wat"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
