package dev.flywheel.jmh.cu.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.checkpoint.Checkpoint;
import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointState;
import dev.flywheel.cu.checkpoint.CheckpointStore;
import dev.flywheel.cu.checkpoint.MemoryPicture;
import dev.flywheel.cu.checkpoint.PageSet;
import dev.flywheel.cu.checkpoint.RetentionPolicy;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.jmh.Interleaved;
import dev.flywheel.jmh.cu.guest.Modules;
import dev.flywheel.jmh.cu.guest.Scenario;
import dev.flywheel.linux.Mapping;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What checkpoints cost: a memory of 1 GiB of which one per cent changed, written as a delta and by
 * copying it whole; an aos process in full and after one more message; both restored. Wall clock,
 * files synced. Prints tables. Run: {@code jmh/run.sh checkpoints}; {@code -- DIR} writes into
 * another directory than the system's temporary one.
 */
public final class CheckpointFigures {
    private static final long GIB = 1L << 30;
    private static final int PAGE = CheckpointLimits.PAGE_BYTES;
    private static final int ROUNDS = 5;
    private static final SequencedMap<String, Long> GLOBALS =
            new LinkedHashMap<>(Map.of("flywheel.global.0", 65_536L));
    private static final CheckpointOrigin ORIGIN =
            new CheckpointOrigin(
                    Id.sha256("process".getBytes(UTF_8)),
                    Id.sha256("module".getBytes(UTF_8)),
                    "wasm64-unknown-emscripten-draft_2024_02_15",
                    "longjmp,expose");

    private final Path directory;

    private CheckpointFigures(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path within =
                Path.of(arguments.length > 0 ? arguments[0] : System.getProperty("java.io.tmpdir"));
        Path directory = Files.createTempDirectory(within, "checkpoints");
        try {
            CheckpointFigures figures = new CheckpointFigures(directory);
            figures.large();
            figures.aos();
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private CheckpointStore store(String name) throws IOException {
        return CheckpointStore.open(
                directory.resolve(name), new RetentionPolicy(1, 64, 10_000, Map.of()));
    }

    private static CheckpointState state(long nonce) {
        return new CheckpointState(
                ORIGIN, CheckpointPlace.after(nonce, null, null, 1_700_000_000_000L, 1), GLOBALS);
    }

    // 1 GiB ---------------------------------------------------------------------------------------

    private void large() throws IOException {
        CheckpointStore store = store("large");
        Random random = new Random(1);
        Interleaved times = new Interleaved(List.of("delta", "memory copied into a file"));
        try (Mapping mapping = Mapping.reserve(GIB)) {
            MemorySegment memory = mapping.segment();
            fill(memory, random);
            long start = System.nanoTime();
            StateTree tree = StateTree.of(memory);
            long hashed = System.nanoTime();
            long cpuStart = Interleaved.cpuNs();
            Checkpoint last =
                    store.write(state(0), new MemoryPicture(memory, tree, new PageSet()), null);
            long written = System.nanoTime();
            long cpu = Interleaved.cpuNs() - cpuStart;
            Checkpoint full = last;
            for (int i = 1; i <= ROUNDS; i++) {
                PageSet changed = new PageSet();
                dirty(memory, random, changed);
                long before = System.nanoTime();
                tree.update(memory, changed);
                byte[] root = tree.root(GLOBALS);
                long updated = System.nanoTime();
                last = store.write(state(i), new MemoryPicture(memory, tree, changed), last);
                long after = System.nanoTime();
                times.add("state hash and delta, 1 % of 1 GiB", 0, after - before);
                times.add("state hash alone", 0, updated - before);
                if (root.length == 0) {
                    throw new IllegalStateException("no hash");
                }
                long copying = copy(memory);
                times.add("state hash and delta, 1 % of 1 GiB", 1, copying);
                times.add("state hash alone", 1, copying);
            }
            System.out.printf(
                    "Wall clock, least / median of %d rounds in turns; files synced.%n%n", ROUNDS);
            times.print(System.out);
            System.out.printf(
                    "%n1 GiB: tree from scratch %d ms, full checkpoint %d ms, of it CPU %d ms; bytes: full %,d, delta %,d, copy %,d%n",
                    (hashed - start) / 1_000_000,
                    (written - hashed) / 1_000_000,
                    cpu / 1_000_000,
                    full.sizes().bytes(),
                    last.sizes().bytes(),
                    GIB);
            restore("1 GiB, full", store, 0);
            restore("1 GiB, full and " + ROUNDS + " deltas", store, ROUNDS);
        }
    }

    /** Half the pages hold words of little variety, a quarter noise, a quarter nothing. */
    private static void fill(MemorySegment memory, Random random) {
        byte[] page = new byte[PAGE];
        for (long at = 0; at < memory.byteSize(); at += PAGE) {
            int kind = random.nextInt(4);
            if (kind == 0) {
                continue;
            }
            random.nextBytes(page);
            if (kind > 1) {
                for (int i = 0; i < PAGE; i++) {
                    page[i] = (byte) (i % 8 < 5 ? 0 : page[i] & 31);
                }
            }
            MemorySegment.copy(page, 0, memory, ValueLayout.JAVA_BYTE, at, PAGE);
        }
    }

    private static void dirty(MemorySegment memory, Random random, PageSet changed) {
        int pages = (int) (memory.byteSize() / PAGE);
        for (int i = 0; i < pages / 100; i++) {
            long at = (long) random.nextInt(pages) * PAGE;
            for (int k = 0; k < 8; k++) {
                memory.set(
                        ValueLayout.JAVA_LONG,
                        at + random.nextInt(PAGE / 8) * 8L,
                        random.nextInt());
            }
            changed.add(at, PAGE);
        }
    }

    private long copy(MemorySegment memory) throws IOException {
        Path file = directory.resolve("copy");
        long start = System.nanoTime();
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long at = 0; at < memory.byteSize(); at += 1 << 20) {
                var piece = memory.asSlice(at, 1 << 20).asByteBuffer();
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
            }
            out.force(true);
        }
        long end = System.nanoTime();
        Files.delete(file);
        return end - start;
    }

    // aos -----------------------------------------------------------------------------------------

    private void aos() throws Exception {
        Path root = Path.of(System.getProperty("flywheel.root", "."));
        try (Modules module = new Modules(root, "aos", Modules.PLAIN)) {
            module.callAnew(
                    process -> {
                        List<String> messages = new Scenario().golden();
                        CheckpointStore store = store("aos");
                        for (int i = 0; i < 9; i++) {
                            evaluate(process, messages.get(i));
                        }
                        Checkpoint full = write(process, store, 0, null, new byte[0]);
                        byte[] before = bytes(process);
                        evaluate(process, messages.getLast());
                        Checkpoint delta = write(process, store, 1, full, before);
                        System.out.printf(
                                "%naos process, memory %,d: full %,d bytes, delta after one message %,d bytes%n",
                                process.memoryBytes(), full.sizes().bytes(), delta.sizes().bytes());
                        restore("aos process, full", store, 0);
                        restore("aos process, full and delta", store, 1);
                        return new long[0];
                    });
        }
    }

    private static void evaluate(GuestProcess process, String message) {
        process.evaluate(
                message.getBytes(UTF_8),
                Scenario.ENVIRONMENT.getBytes(UTF_8),
                EvaluationLimits.DEFAULTS);
    }

    private static byte[] bytes(GuestProcess process) {
        return process.readState(state -> state.memory().toArray(ValueLayout.JAVA_BYTE));
    }

    private static Checkpoint write(
            GuestProcess process,
            CheckpointStore store,
            long nonce,
            @Nullable Checkpoint parent,
            byte[] before)
            throws IOException {
        return process.readState(
                state -> {
                    MemorySegment memory = state.memory();
                    StateTree tree = StateTree.of(memory);
                    PageSet changed = new PageSet();
                    MemorySegment old = MemorySegment.ofArray(before);
                    for (long at = 0; at < memory.byteSize(); at += PAGE) {
                        if (at >= before.length
                                || memory.asSlice(at, PAGE).mismatch(old.asSlice(at, PAGE)) >= 0) {
                            changed.add(at, PAGE);
                        }
                    }
                    return store.write(
                            state(nonce), new MemoryPicture(memory, tree, changed), parent);
                });
    }

    // Restoring -----------------------------------------------------------------------------------

    private static void restore(String what, CheckpointStore store, long nonce) throws IOException {
        long[] finds = new long[ROUNDS];
        long[] restores = new long[ROUNDS];
        long[] cpu = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            Checkpoint found = store.newest(ORIGIN, nonce).orElseThrow();
            finds[i] = System.nanoTime() - start;
            try (Mapping target = Mapping.reserve(found.manifest().memoryBytes())) {
                long cpuFrom = Interleaved.cpuNs();
                long from = System.nanoTime();
                found.restoreInto(target.segment());
                restores[i] = System.nanoTime() - from;
                cpu[i] = Interleaved.cpuNs() - cpuFrom;
            }
        }
        LongUnaryOperator us = ns -> ns / 1_000;
        System.out.printf(
                "restore, %s: find and verify %,d us, restore %,d us, of it CPU %,d us (medians of %d, files in the page cache)%n",
                what,
                us.applyAsLong(median(finds)),
                us.applyAsLong(median(restores)),
                us.applyAsLong(median(cpu)),
                ROUNDS);
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
