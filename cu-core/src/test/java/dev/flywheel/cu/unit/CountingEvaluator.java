package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcessOptions;
import dev.flywheel.cu.guest.GuestState;
import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.guest.ModuleRefusedException;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.JsonText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Processes in Java instead of WebAssembly, for tests of what is around them. A process counts its
 * messages and answers {@code {"Output":{"data":"<count>:<data>"}}}; some data is a command:
 *
 * <ul>
 *   <li>{@code fail}: an error, not counted, as after any failed evaluation
 *   <li>{@code host-limit}: a limit of the host, as often as {@link #hostLimits} says
 *   <li>{@code wait}: goes on when {@link #gate} opens, or when it is interrupted
 *   <li>{@code throw}: a Java exception, which a broken engine would throw
 * </ul>
 */
final class CountingEvaluator implements Evaluator {
    /** A message with tags whose values are no texts, as patches have. */
    static final EvaluationResult OBJECTS =
            new EvaluationResult(
                    ("[{\"Target\":\"t\",\"Tags\":[{\"name\":\"balances\",\"value\":{\"alice\":\"7\","
                                    + " \"b\":[1,2.50]}}]}]")
                            .getBytes(UTF_8),
                    "[]".getBytes(UTF_8),
                    "[]".getBytes(UTF_8),
                    "\"\"".getBytes(UTF_8),
                    java.util.OptionalLong.empty(),
                    null);

    /** Of each process: one page of WebAssembly, which holds the count. */
    static final int MEMORY_BYTES = 1 << 16;

    final AtomicInteger loaded = new AtomicInteger();
    final AtomicInteger live = new AtomicInteger();
    final AtomicInteger forks = new AtomicInteger();
    final AtomicInteger forksMade = new AtomicInteger();
    final AtomicInteger evaluating = new AtomicInteger();
    final AtomicInteger evaluatingMost = new AtomicInteger();
    final AtomicInteger evaluations = new AtomicInteger();
    final AtomicInteger hostLimits = new AtomicInteger();
    final AtomicInteger cronHostLimits = new AtomicInteger();
    final CountDownLatch waiting = new CountDownLatch(1);
    final Map<Id, List<String>> messages = new ConcurrentHashMap<>();
    final Map<Id, String> environments = new ConcurrentHashMap<>();
    volatile CountDownLatch gate = new CountDownLatch(0);
    final Map<Id, Long> residentBytes = new ConcurrentHashMap<>();
    volatile long residentEach = MEMORY_BYTES;
    final AtomicInteger sleeping = new AtomicInteger();
    final AtomicInteger unwakeable = new AtomicInteger();
    volatile String salt = "";
    volatile boolean closed;

    /** The messages that a process was given, in order. */
    List<String> given(Id process) {
        return messages.getOrDefault(process, List.of());
    }

    @Override
    public Module load(Id moduleId, byte[] wasm, String format) throws ModuleRefusedException {
        if (Thread.currentThread().getName().startsWith("guest-")) {
            throw new IllegalStateException("loading may take minutes, this is a guest thread");
        }
        if (!new String(wasm, UTF_8).startsWith("counting")) {
            throw new ModuleRefusedException("module " + moduleId + " is not wasm");
        }
        loaded.incrementAndGet();
        return new Counting();
    }

    @Override
    public ThreadFactory threads() {
        return Thread.ofPlatform().name("guest-", 0).factory();
    }

    @Override
    public void close() {
        closed = true;
    }

    private static void requireGuestThread() {
        if (!Thread.currentThread().getName().startsWith("guest-")) {
            throw new IllegalStateException("not a guest thread: " + Thread.currentThread());
        }
    }

    private final class Counting implements Module {
        @Override
        public Instance newProcess(GuestProcessOptions options) {
            requireGuestThread();
            live.incrementAndGet();
            return new CountingProcess(options.processId());
        }

        @Override
        public Resumed resume(GuestProcessOptions options, Checkpoint from) throws IOException {
            requireGuestThread();
            MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES);
            StateTree tree = from.restoreInto(memory);
            live.incrementAndGet();
            CountingProcess process = new CountingProcess(options.processId());
            process.count = memory.get(ValueLayout.JAVA_INT, 0);
            return new Resumed(process, tree);
        }

        @Override
        public Instance wake(GuestProcessOptions options, Asleep asleep) throws IOException {
            requireGuestThread();
            if (unwakeable.getAndDecrement() > 0) {
                throw new IOException("damaged on purpose");
            }
            live.incrementAndGet();
            CountingProcess process = new CountingProcess(options.processId());
            process.count = ((Counted) asleep).count();
            sleeping.decrementAndGet();
            return process;
        }

        @Override
        public String stateIdentity() {
            return "counting";
        }

        @Override
        public List<String> stateGlobals() {
            return List.of("count");
        }

        @Override
        public void close() {
            loaded.decrementAndGet();
        }
    }

    private final class Counted implements Asleep {
        private final int count;

        private Counted(int count) {
            this.count = count;
            sleeping.incrementAndGet();
        }

        int count() {
            return count;
        }

        @Override
        public long diskBytes() {
            return MEMORY_BYTES;
        }

        @Override
        public void close() {
            sleeping.decrementAndGet();
        }
    }

    private final class CountingProcess implements Instance {
        private final Id id;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean interrupted;
        private boolean ended;
        private int count;

        CountingProcess(Id id) {
            this.id = id;
        }

        @Override
        public Evaluation evaluate(byte[] message, byte[] environment, EvaluationLimits limits) {
            environments.put(id, new String(environment, UTF_8));
            messages.computeIfAbsent(id, any -> new CopyOnWriteArrayList<>())
                    .add(new String(message, UTF_8));
            evaluations.incrementAndGet();
            return alone(() -> answer(message, count, true));
        }

        /** The contract: guest threads, one call at a time. */
        private Evaluation alone(java.util.function.Supplier<Evaluation> call) {
            requireGuestThread();
            if (calls.incrementAndGet() != 1) {
                throw new IllegalStateException("two calls at once of process " + id);
            }
            evaluatingMost.accumulateAndGet(evaluating.incrementAndGet(), Math::max);
            try {
                return call.get();
            } finally {
                evaluating.decrementAndGet();
                calls.decrementAndGet();
            }
        }

        private Evaluation answer(byte[] json, int before, boolean kept) {
            JsonNode message = Json.MAPPER.readTree(json);
            String data = message.path("Data").asString("");
            if (message.path("Cron").booleanValue() && cronHostLimits.getAndDecrement() > 0) {
                return ended(Evaluation.Kind.HOST_LIMIT, EvaluationResult.empty());
            }
            switch (data) {
                case "wait" -> {
                    waiting.countDown();
                    while (gate.getCount() > 0 && !interrupted) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    if (interrupted) {
                        return ended(Evaluation.Kind.HOST_LIMIT, EvaluationResult.empty());
                    }
                }
                case "fail" -> {
                    return ended(
                            Evaluation.Kind.GUEST_ERROR,
                            EvaluationResult.failed(JsonText.quote("failed on purpose")));
                }
                case "null-error" -> {
                    return ended(Evaluation.Kind.OK, OBJECTS.withError("null".getBytes(UTF_8)));
                }
                case "objects" -> {
                    return ended(Evaluation.Kind.OK, OBJECTS);
                }
                case "host-limit" -> {
                    if (hostLimits.getAndDecrement() > 0) {
                        return ended(Evaluation.Kind.HOST_LIMIT, EvaluationResult.empty());
                    }
                }
                case "throw" -> throw new IllegalStateException("engine is broken on purpose");
                default -> {}
            }
            int now = before + 1;
            if (kept) {
                count = now;
            }
            return ended(Evaluation.Kind.OK, result(now, data));
        }

        private EvaluationResult result(int now, String data) {
            byte[] none = "[]".getBytes(UTF_8);
            byte[] output =
                    new JsonText()
                            .beginObject()
                            .name("data")
                            .string(now + ":" + data + salt)
                            .endObject()
                            .toByteArray();
            return new EvaluationResult(none, none, none, output, OptionalLong.of(now), null);
        }

        private Evaluation ended(Evaluation.Kind kind, EvaluationResult result) {
            return new Evaluation(kind, result, kind == Evaluation.Kind.OK, "", 1);
        }

        @Override
        public Fork fork() {
            forks.incrementAndGet();
            forksMade.incrementAndGet();
            return new CountingFork(this, count);
        }

        @Override
        public PageSet takeChanges() {
            PageSet all = new PageSet();
            all.add(0, MEMORY_BYTES);
            return all;
        }

        @Override
        public MemoryUse memoryUse() {
            return new MemoryUse(MEMORY_BYTES, residentBytes.getOrDefault(id, residentEach), 0);
        }

        @Override
        public void interrupt() {
            interrupted = true;
        }

        @Override
        public Asleep putAway(PageFiles place) {
            close();
            return new Counted(count);
        }

        @Override
        public void close() {
            requireGuestThread();
            if (!ended) {
                ended = true;
                live.decrementAndGet();
            }
        }
    }

    private final class CountingFork implements Fork {
        private final CountingProcess process;
        private final int count;

        CountingFork(CountingProcess process, int count) {
            this.process = process;
            this.count = count;
        }

        @Override
        public long memoryBytes() {
            return MEMORY_BYTES;
        }

        @Override
        public <T, E extends Exception> T read(GuestState.Reader<T, E> reader) throws E {
            MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES);
            memory.set(ValueLayout.JAVA_INT, 0, count);
            return reader.read(new GuestState(memory, List.of((long) count)));
        }

        @Override
        public Evaluation dryRun(byte[] message, byte[] environment, EvaluationLimits limits) {
            requireGuestThread();
            return process.answer(message, count, false);
        }

        @Override
        public void interrupt() {
            process.interrupt();
        }

        @Override
        public void close() {
            forks.decrementAndGet();
        }
    }
}
