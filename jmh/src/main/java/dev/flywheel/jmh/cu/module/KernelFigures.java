package dev.flywheel.jmh.cu.module;

import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.pass.MemoryNarrowing;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the width of addresses costs: the kernels of {@code jmh/kernels} with a 32-bit memory, with
 * a 64-bit memory, and with one that {@link MemoryNarrowing} addresses with 32 bits. CPU time of
 * the thread, in turns. Prints a table. Run: {@code jmh/run.sh kernels}.
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

    /** As the compute unit's engine: epochs on, memories reserved whole. */
    private static final EngineOptions OPTIONS =
            EngineOptions.builder()
                    .epochInterruption(true)
                    .memoryReservationBytes(24L << 30)
                    .memoryReservationForGrowthBytes(0)
                    .build();

    @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
    private record Variant(String name, byte[] wasm) {}

    private KernelFigures() {}

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
        List<Variant> variants =
                List.of(
                        new Variant("32-bit", resource("kernels32.wasm")),
                        new Variant("64-bit", resource("kernels64.wasm")),
                        new Variant("64-bit, narrowed", narrowed(resource("kernels64.wasm"))));
        Interleaved times = new Interleaved(variants.stream().map(Variant::name).toList());
        try (Engine engine = new Engine(OPTIONS);
                Linker linker = new Linker(engine);
                Store store = new Store(engine, StoreOptions.of("kernels", 1L << 30))) {
            store.setEpochDeadline(1); // the clock stands still
            Slots slots = store.slots(1);
            List<Instance> instances = new ArrayList<>();
            for (Variant variant : variants) {
                try (Module module = engine.compile(variant.wasm())) {
                    instances.add(linker.instantiate(store, module));
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (String kernel : KERNELS) {
                    int expected = 0;
                    for (int i = 0; i < instances.size(); i++) {
                        long start = Interleaved.cpuNs();
                        int result = call(instances.get(i).function(kernel), slots);
                        times.add(kernel, i, Interleaved.cpuNs() - start);
                        if (i > 0 && result != expected) {
                            throw new IllegalStateException("kernels differ: kernel=" + kernel);
                        }
                        expected = result;
                    }
                }
            }
        }
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

    private static byte[] narrowed(byte[] wasm) throws Exception {
        WasmModule module = ModuleReader.read(wasm);
        if (!new MemoryNarrowing().apply(module)) {
            throw new IllegalStateException("the kernels' memory cannot be narrowed");
        }
        return ModuleWriter.write(module);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(KernelFigures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
