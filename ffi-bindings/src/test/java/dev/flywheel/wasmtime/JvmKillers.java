package dev.flywheel.wasmtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The child's side of {@link JvmKillersTest}: each method does what ends a JVM without the
 * binding's guards.
 */
final class JvmKillers {

    private static final String GUEST =
            """
            (module
              (import "env" "f" (func $f))
              (memory (export "memory") 1)
              (func $recurse (export "recurse") (param i64) (result i64)
                (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func (export "host") call $f))
            """;

    private JvmKillers() {}

    public static void main(String[] arguments) throws Exception {
        String what = arguments[0];
        switch (what) {
            case "smallThread" -> smallThread();
            case "exactThread" -> exactThread();
            case "virtualThread" -> virtualThread();
            case "escape" -> onGuestThread(JvmKillers::escape);
            case "configuration" -> configuration();
            case "afterClose" -> onGuestThread(JvmKillers::afterClose);
            case "racingClose" -> racingClose(50);
            case "soak" -> soak(Long.parseLong(arguments[1]));
            default -> throw new IllegalArgumentException(what);
        }
        ChildJvm.report("done");
    }

    private static void onGuestThread(Runnable task) throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor(new BigStacks())) {
            threads.submit(task).get();
        }
    }

    private static Guest guest(long maxWasmStackBytes) {
        Guest guest = new Guest(options -> options.maxWasmStackBytes(maxWasmStackBytes), "data");
        guest.linker.define("env", "f", FunctionType.of(), call -> {});
        return guest;
    }

    /**
     * A guest's stack of 512 KiB on a thread of 256 KiB: without the guard an irrecoverable
     * overflow.
     */
    private static void smallThread() throws InterruptedException {
        try (Guest guest = guest(512 << 10)) {
            Thread thread =
                    new Thread(
                            null,
                            () -> reportRefusal(() -> guest.instantiate(GUEST)),
                            "small",
                            256 << 10);
            thread.start();
            thread.join();
            Thread ordinary =
                    new Thread(
                            null,
                            () -> reportRefusal(() -> guest.instantiate(GUEST)),
                            "mib",
                            1 << 20);
            ordinary.start();
            ordinary.join();
        }
    }

    private static void reportRefusal(Runnable use) {
        try {
            use.run();
            ChildJvm.report("not refused");
        } catch (IllegalStateException e) {
            ChildJvm.report("refused: " + e.getMessage());
        }
    }

    /** Deep recursion on the smallest thread that is let through, for small and large stacks. */
    private static void exactThread() throws Exception {
        for (long stackBytes : new long[] {64 << 10, 512 << 10, 8 << 20, 64 << 20}) {
            try (Guest guest = guest(stackBytes);
                    ExecutorService threads =
                            Executors.newSingleThreadExecutor(
                                    GuestStack.threads("guest", guest.engine.options()))) {
                threads.submit(
                                () -> {
                                    guest.instantiate(GUEST);
                                    for (int i = 0; i < 5; i++) {
                                        expect(TrapCode.STACK_OVERFLOW, guest.call("recurse"));
                                    }
                                })
                        .get();
            }
        }
    }

    /**
     * Virtual threads run on their carriers' stacks, which the JVM sizes: the guard looks at those.
     */
    private static void virtualThread() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Guest guest = guest(64 << 10)) {
            threads.submit(() -> reportRefusal(() -> recurseOnce(guest))).get();
        }
    }

    private static void recurseOnce(Guest guest) {
        guest.instantiate(GUEST);
        expect(TrapCode.STACK_OVERFLOW, guest.call("recurse"));
        throw new IllegalStateException("(ran well)");
    }

    /** Throwables of all kinds leave a host function. */
    @SuppressWarnings("ReferenceEquality") // the very one, not one like it
    private static void escape() {
        Throwable[] all = {
            new Exception("checked"),
            new IllegalStateException("unchecked"),
            new OutOfMemoryError("made up"),
            new StackOverflowError("made up"),
            new Error("error")
        };
        try (Guest guest = new Guest(options -> options, "data")) {
            int[] next = {0};
            guest.linker.define(
                    "env",
                    "f",
                    FunctionType.of(),
                    call -> JvmKillers.<RuntimeException>sneak(all[next[0]]));
            guest.instantiate(GUEST);
            for (; next[0] < all.length; next[0]++) {
                Trap trap = guest.trap("host");
                if (trap.hostFailure() != all[next[0]]) {
                    throw new AssertionError("another failure", trap.hostFailure());
                }
            }
        }
    }

    @SuppressWarnings("unchecked") // that is how a throwable gets past the compiler
    private static <T extends Throwable> void sneak(Throwable t) throws T {
        throw (T) t;
    }

    /**
     * A stack above Wasmtime's default async stack of 2 MiB: without the guard a panic, and the
     * end.
     */
    private static void configuration() {
        for (long stackBytes : new long[] {2 << 20, (2 << 20) + (64 << 10), 64 << 20, 1 << 30}) {
            try (Engine engine =
                    new Engine(EngineOptions.builder().maxWasmStackBytes(stackBytes).build())) {
                engine.validate(Engine.wat2wasm("(module)"));
            }
        }
        try {
            EngineOptions.builder().maxWasmStackBytes(0).build();
        } catch (IllegalArgumentException e) {
            ChildJvm.report("refused: " + e.getMessage());
        }
    }

    /** All that a store gave is used after it was closed and its memory unmapped. */
    private static void afterClose() {
        Guest guest = guest(512 << 10);
        guest.instantiate(GUEST);
        Function load = guest.function("load");
        Memory memory = guest.instance().memory("memory");
        MemorySegment view = memory.view();
        Slots slots = guest.store.slots(1);
        guest.close();
        reportRefusal(() -> view.get(ValueLayout.JAVA_BYTE, 0));
        reportRefusal(memory::view);
        reportRefusal(memory::address);
        reportRefusal(() -> slots.setI32(0, 1));
        reportRefusal(() -> load.call(guest.slots));
        reportRefusal(() -> guest.instance().export("host"));
        reportRefusal(() -> guest.store.setEpochDeadline(1));
        reportRefusal(guest.engine::incrementEpoch);
        reportRefusal(() -> guest.engine.compile(new byte[8]));
        reportRefusal(guest.linker::copy);
    }

    /**
     * One thread calls, one moves the epoch on, one reads the memory, and a fourth closes store,
     * linker and engine under them.
     */
    private static void racingClose(int rounds) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3, new BigStacks())) {
            for (int i = 0; i < rounds; i++) {
                Guest guest = guest(512 << 10);
                threads.submit(() -> guest.instantiate(GUEST)).get();
                MemorySegment view = guest.instance().memory("memory").view();
                CountDownLatch started = new CountDownLatch(3);
                List<Future<?>> users =
                        List.of(
                                threads.submit(() -> untilRefused(started, () -> host(guest))),
                                threads.submit(
                                        () -> untilRefused(started, guest.engine::incrementEpoch)),
                                threads.submit(
                                        () ->
                                                untilRefused(
                                                        started,
                                                        () -> view.get(ValueLayout.JAVA_INT, 0))));
                started.await();
                closeAtLast(guest.store);
                closeAtLast(guest.linker);
                closeAtLast(guest.engine);
                for (Future<?> user : users) {
                    user.get();
                }
            }
        }
    }

    private static void host(Guest guest) {
        if (guest.call("host") != null) {
            throw new AssertionError("trapped");
        }
    }

    private static void untilRefused(CountDownLatch started, Runnable use) {
        boolean counted = false;
        while (true) {
            try {
                use.run();
            } catch (IllegalStateException refused) {
                return;
            }
            if (!counted) {
                started.countDown();
                counted = true;
            }
        }
    }

    private static void closeAtLast(AutoCloseable object) throws Exception {
        while (true) {
            try {
                object.close();
                return;
            } catch (IllegalStateException inUse) {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * Guests trap by signals while the JVM uses the same signals for its own checks and collects
     * garbage.
     */
    private static void soak(long seed) throws Exception {
        int rounds = 20_000;
        try (ExecutorService threads = Executors.newFixedThreadPool(4, new BigStacks())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                all.add(threads.submit(() -> trapAlong(rounds)));
                long own = seed + i;
                all.add(threads.submit(() -> troubleTheJvm(new Random(own), rounds)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void trapAlong(int rounds) {
        try (Guest guest = guest(512 << 10)) {
            guest.instantiate(GUEST);
            for (int i = 0; i < rounds; i++) {
                guest.slots.setI32(0, -1);
                expect(TrapCode.MEMORY_OUT_OF_BOUNDS, guest.call("load"));
                guest.slots.setI32(0, 0);
                expect(TrapCode.INTEGER_DIVISION_BY_ZERO, guest.call("divide"));
                if (i % 100 == 0) {
                    expect(TrapCode.STACK_OVERFLOW, guest.call("recurse"));
                }
            }
        }
    }

    private static void troubleTheJvm(Random random, int rounds) {
        List<byte[]> garbage = new ArrayList<>();
        int seen = 0;
        for (int i = 0; i < rounds; i++) {
            String none = random.nextBoolean() ? null : "text";
            try {
                seen += length(none);
            } catch (NullPointerException e) {
                seen++;
            }
            if (i % 100 == 0) {
                try {
                    seen += overflow(i);
                } catch (StackOverflowError e) {
                    seen++;
                }
            }
            garbage.add(new byte[random.nextInt(32 << 10)]);
            if (garbage.size() > 500) {
                garbage.clear();
            }
        }
        ChildJvm.report("seen " + (seen > 0));
    }

    @SuppressWarnings("NullAway") // wanted
    private static int length(@org.jspecify.annotations.Nullable String text) {
        return text.length();
    }

    @SuppressWarnings("InfiniteRecursion") // wanted
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    private static void expect(TrapCode code, @org.jspecify.annotations.Nullable Trap trap) {
        if (trap == null || trap.code() != code) {
            throw new AssertionError("expected " + code + ", got " + trap);
        }
    }

    /** Threads for guests of the default options. */
    private static final class BigStacks implements java.util.concurrent.ThreadFactory {
        @Override
        public Thread newThread(Runnable task) {
            return new Thread(
                    null, task, "guest", GuestStack.bytes(EngineOptions.builder().build()));
        }
    }
}
