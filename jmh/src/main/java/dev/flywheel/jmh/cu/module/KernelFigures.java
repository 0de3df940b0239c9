package dev.flywheel.jmh.cu.module;

import dev.flywheel.cu.module.Pass;
import dev.flywheel.cu.module.RewrittenModule;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.jmh.Interleaved;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.Function;
import dev.flywheel.wasmtime.GuestStack;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.ValueType;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * What the width of addresses costs: the kernels of {@code jmh/kernels} with a 32-bit memory, with
 * a 64-bit memory, and with one that {@link Pass#NARROW} addresses with 32 bits; and what it costs
 * to be able to stop them, by {@link Pass#INTERRUPT} (as all the others are) or by the engine's
 * epochs. CPU time of the thread, in turns. Prints a table. Run: {@code jmh/run.sh kernels}.
 */
public final class KernelFigures {

    private static final List<String> KERNELS =
            List.of(
                    "sieve",
                    "matmul_f64",
                    "matvec_f32",
                    "quicksort",
                    "sha256",
                    "hash_table",
                    "bytecode",
                    "byte_scan",
                    "memory_copy",
                    "matvec_simd");

    /** Above the kernels' own data and stack. */
    private static final long HEAP = 1 << 20;

    private static final int ROUNDS = 25;

    /** As the compute unit's engine: memories reserved whole, guests stopped by a pass of ours. */
    private static final EngineOptions OPTIONS = options().hostInstructions(true).build();

    private static final EngineOptions WITH_EPOCHS = options().epochInterruption(true).build();

    @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
    private record Variant(String name, EngineOptions options, byte[] wasm) {}

    /** An instance alone in its engine. */
    private record Running(Engine engine, Linker linker, Store store, Instance instance)
            implements AutoCloseable {

        static Running of(Variant variant) {
            Engine engine = new Engine(variant.options());
            Linker linker = new Linker(engine);
            Store store = new Store(engine, StoreOptions.of("kernels", 1L << 30));
            if (variant.options().epochInterruption()) {
                store.setEpochDeadline(1); // the clock stands still
            }
            try (Module module = engine.compile(variant.wasm())) {
                return new Running(engine, linker, store, linker.instantiate(store, module));
            }
        }

        @Override
        public void close() {
            store.close();
            linker.close();
            engine.close();
        }
    }

    private KernelFigures() {}

    private static EngineOptions.Builder options() {
        return EngineOptions.builder()
                .memoryReservationBytes(24L << 30)
                .memoryReservationForGrowthBytes(0);
    }

    public static void main(String[] arguments) throws Exception {
        Thread thread =
                GuestStack.threads("kernels", OPTIONS)
                        .newThread(
                                () -> {
                                    try {
                                        run();
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        thread.start();
        thread.join();
    }

    private static void run() throws Exception {
        byte[] narrow = resource("kernels32.wasm");
        byte[] wide = resource("kernels64.wasm");
        List<Variant> variants =
                List.of(
                        new Variant("32-bit", OPTIONS, made(narrow, Pass.INTERRUPT)),
                        new Variant("32-bit, epochs", WITH_EPOCHS, narrow),
                        new Variant("64-bit", OPTIONS, made(wide, Pass.INTERRUPT)),
                        new Variant(
                                "64-bit, narrowed",
                                OPTIONS,
                                made(wide, Pass.NARROW, Pass.INTERRUPT)));
        Interleaved times = new Interleaved(variants.stream().map(Variant::name).toList());
        List<Running> running = variants.stream().map(Running::of).toList();
        for (int round = 0; round < ROUNDS; round++) {
            for (String kernel : KERNELS) {
                int expected = 0;
                for (int i = 0; i < running.size(); i++) {
                    Slots slots = running.get(i).store().slots(1);
                    long start = Interleaved.cpuNs();
                    int result = call(running.get(i).instance().function(kernel), slots);
                    times.add(kernel, i, Interleaved.cpuNs() - start);
                    if (i > 0 && result != expected) {
                        throw new IllegalStateException("kernels differ: kernel=" + kernel);
                    }
                    expected = result;
                }
            }
        }
        running.forEach(Running::close);
        System.out.println(
                "CPU time of the thread, least / median of " + ROUNDS + " rounds in turns.\n");
        times.print(System.out);
    }

    private static int call(Function function, Slots slots) {
        if (function.type().parameters().getFirst() == ValueType.I64) {
            slots.setI64(0, HEAP);
        } else {
            slots.setI32(0, (int) HEAP);
        }
        if (function.call(slots) != null) {
            throw new IllegalStateException("a kernel trapped");
        }
        return slots.i32(0);
    }

    private static byte[] made(byte[] wasm, Pass... passes) throws MalformedModuleException {
        RewrittenModule made = RewrittenModule.of(wasm, List.of(passes));
        if (made.applied().size() != passes.length) {
            throw new IllegalStateException("a pass found nothing to do: done=" + made.applied());
        }
        return made.wasm();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(KernelFigures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
