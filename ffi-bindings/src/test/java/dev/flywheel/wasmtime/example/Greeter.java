package dev.flywheel.wasmtime.example;

import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GuestStack;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A guest that says a word from its memory, adds two numbers, and divides by zero. */
public final class Greeter {

    private static final String GUEST =
            """
            (module
              (import "host" "say" (func $say (param i32 i32)))
              (memory (export "memory") 1)
              (data (i32.const 16) "hello")
              (func (export "greet") (call $say (i32.const 16) (i32.const 5)))
              (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
              (func (export "crash") (drop (i32.div_s (i32.const 1) (i32.const 0)))))
            """;

    private Greeter() {}

    /** What the guest did, line by line. */
    public static List<String> run() throws Exception {
        EngineOptions options = EngineOptions.builder().epochInterruption(true).build();
        // Guests run on the caller's stack, so they need threads whose stacks are large enough.
        try (Engine engine = new Engine(options);
                ExecutorService threads =
                        Executors.newSingleThreadExecutor(GuestStack.threads("guest", options))) {
            return threads.submit(() -> greet(engine)).get();
        }
    }

    private static List<String> greet(Engine engine) {
        List<String> lines = new ArrayList<>();
        long memoryBytesMax = 1 << 20;
        try (Module module = engine.compile(Engine.wat2wasm(GUEST));
                Linker linker = new Linker(engine);
                Store store = new Store(engine, StoreOptions.of(lines, memoryBytesMax))) {
            Instance[] instance = new Instance[1];
            FunctionType twoNumbers = FunctionType.of(ValueType.I32, ValueType.I32);
            linker.define(
                    "host",
                    "say",
                    twoNumbers,
                    call -> {
                        // Asked for anew in each call: a memory that grew has another view.
                        MemorySegment memory = instance[0].memory("memory").view();
                        byte[] word =
                                memory.asSlice(call.i32(0), call.i32(1))
                                        .toArray(ValueLayout.JAVA_BYTE);
                        lines.add("guest says " + new String(word, StandardCharsets.UTF_8));
                    });
            store.setEpochDeadline(10); // stopped after ten calls of engine.incrementEpoch()
            instance[0] = linker.instantiate(store, module);

            Slots slots = store.slots(2); // parameters, then results; made once, used for each call
            instance[0].function("greet").call(slots);
            slots.setI64(0, 40);
            slots.setI64(1, 2);
            instance[0].function("add").call(slots);
            lines.add("sum is " + slots.i64(0));

            Trap trap = instance[0].function("crash").call(slots); // null when it returned
            if (trap != null) {
                lines.add("guest stopped: " + trap.code() + ", " + trap.message());
            }
            return lines;
        }
    }
}
