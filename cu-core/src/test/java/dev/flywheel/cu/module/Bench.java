package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.pass.ModulePass;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.Function;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GuestStack;
import dev.flywheel.wasmtime.HostCall;
import dev.flywheel.wasmtime.HostFunction;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.LiveObjects;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** One engine, linker, store and instance, to run rewritten modules for real. Closed together. */
final class Bench implements AutoCloseable {

    private static final EngineOptions OPTIONS =
            EngineOptions.builder().hostInstructions(true).build();
    private static final long MEMORY_BYTES_MAX = 64 << 20;

    /** What is run on a thread that has room for guests. */
    @FunctionalInterface
    interface Work {
        void run(Bench bench) throws Exception;
    }

    final Engine engine = new Engine(OPTIONS);
    private Linker linker = new Linker(engine);
    private Store store = newStore();
    private Slots slots = store.slots(8);
    private @Nullable Instance instance;
    private @Nullable Module compiled;
    private byte @Nullable [] compiledFrom;

    private Bench() {}

    /** Runs work and passes on how it fails. Afterwards nothing native is left. */
    static void use(Work work) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            try (Bench bench = new Bench()) {
                                work.run(bench);
                            }
                            assertThat(LiveObjects.counts().values()).containsOnly(0L);
                            return null;
                        });
        GuestStack.threads("bench", OPTIONS).newThread(task).start();
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What one pass makes of a module; it must change something. */
    static byte[] rewritten(byte[] wasm, ModulePass pass) throws Exception {
        WasmModule module = ModuleReader.read(wasm);
        ModuleCheck.published(module);
        assertThat(pass.apply(module)).as("changed by %s", pass.identity()).isTrue();
        ModuleCheck.rewritten(module);
        return ModuleWriter.write(module);
    }

    void host(String name, FunctionType type, HostFunction function) {
        linker.define("env", name, type, function);
    }

    /** Compiles, unless it is the very array of the last time. */
    @SuppressWarnings("ReferenceEquality") // meant
    Bench instantiate(byte[] wasm) {
        Module module = compiled;
        if (module == null || wasm != compiledFrom) {
            if (module != null) {
                module.close();
            }
            module = engine.compile(wasm);
            compiled = module;
            compiledFrom = wasm;
        }
        instance = linker.instantiate(store, module);
        return this;
    }

    /** Drops the instance and everything in its store. */
    void renew() {
        store.close();
        instance = null;
        store = newStore();
        slots = store.slots(8);
    }

    /** Forgets all host functions. */
    void relink() {
        linker.close();
        linker = new Linker(engine);
    }

    private Store newStore() {
        return new Store(engine, StoreOptions.of("data", MEMORY_BYTES_MAX));
    }

    Instance instance() {
        Instance made = instance;
        if (made == null) {
            throw new IllegalStateException("instantiate first");
        }
        return made;
    }

    /** Calls with integers of the parameters' own types; null when it returned. */
    @Nullable Trap call(String name, long... arguments) {
        Function function = instance().function(name);
        for (int i = 0; i < arguments.length; i++) {
            if (function.type().parameters().get(i) == ValueType.I64) {
                slots.setI64(i, arguments[i]);
            } else {
                slots.setI32(i, (int) arguments[i]);
            }
        }
        return function.call(slots);
    }

    /** Calls what must return, an integer or nothing. */
    long result(String name, long... arguments) {
        assertThat(call(name, arguments)).as(name).isNull();
        Function function = instance().function(name);
        if (function.type().results().isEmpty()) {
            return 0;
        }
        return function.type().results().getFirst() == ValueType.I64 ? slots.i64(0) : slots.i32(0);
    }

    /** The last call's first result, as 64 bits. */
    long i64Result() {
        return slots.i64(0);
    }

    /** Calls what must trap. */
    Trap trap(String name, long... arguments) {
        Trap trap = call(name, arguments);
        if (trap == null) {
            throw new AssertionError("returned, and should have trapped: function=" + name);
        }
        return trap;
    }

    /**
     * Instantiates one of our guests and runs its constructors. Imports answered inside fail the
     * test when they are called; the host's answers to the others are the least that guests need.
     */
    void guest(PreparedModule prepared) {
        for (ImportType i : prepared.shape().imports()) {
            host(i.name(), (FunctionType) i.type(), this::hostCalled);
        }
        instantiate(prepared.wasm());
        result("__wasm_call_ctors");
    }

    private void hostCalled(HostCall call) {
        throw new AssertionError("import was called");
    }

    /** A guest's answer to a message, with an empty environment. */
    String handle(String message) {
        long environment = place("{}");
        long answer = result("handle", place(message), environment);
        return memory().getString(answer);
    }

    private long place(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        long address = result("_emscripten_stack_alloc", (utf8.length + 16) & ~15);
        MemorySegment.copy(utf8, 0, memory(), ValueLayout.JAVA_BYTE, address, utf8.length);
        memory().set(ValueLayout.JAVA_BYTE, address + utf8.length, (byte) 0);
        return address;
    }

    /** All of the memory, as it is now. */
    MemorySegment memory() {
        return instance().memory("memory").view();
    }

    @Override
    public void close() {
        Module module = compiled;
        if (module != null) {
            module.close();
        }
        store.close();
        linker.close();
        engine.close();
    }
}
