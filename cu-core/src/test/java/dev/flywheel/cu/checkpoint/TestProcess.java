package dev.flywheel.cu.checkpoint;

import dev.flywheel.linux.Mapping;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A process that writes into its memory at random, and is checkpointed. */
final class TestProcess implements AutoCloseable {
    static final CheckpointOrigin ORIGIN = origin("process");
    static final int PAGE = CheckpointLimits.PAGE_BYTES;
    static final int UNIT = CheckpointLimits.MEMORY_UNIT_BYTES;

    final Random random;
    final StateTree tree = new StateTree();
    final PageSet changed = new PageSet();
    final SequencedMap<String, Long> globals = new LinkedHashMap<>();
    private final Mapping mapping;
    private long memoryBytes;
    long nonce;
    @Nullable Checkpoint last;

    TestProcess(long seed, long bytesMax) {
        random = new Random(seed);
        mapping = Mapping.reserve(bytesMax);
        globals.put("flywheel.global.0", 65_536L);
        globals.put("flywheel.global.3", -1L);
    }

    static CheckpointOrigin origin(String process) {
        return new CheckpointOrigin(
                Id.sha256(process.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Id.sha256(new byte[] {1}),
                "wasm64-unknown-emscripten-draft_2024_02_15",
                "longjmp,expose");
    }

    static CheckpointState state(long nonce, SequencedMap<String, Long> globals) {
        return new CheckpointState(
                ORIGIN,
                CheckpointPlace.after(nonce, "a".repeat(43), "h", 1_700_000_000_000L, 1_300_000),
                globals);
    }

    MemorySegment memory() {
        return mapping.segment().asSlice(0, memoryBytes);
    }

    void growTo(long bytes) {
        memoryBytes = bytes;
        tree.update(memory(), new PageSet());
    }

    /** Writes into a page; random bytes of some length, or zeros. */
    void touch(int page) {
        MemorySegment at = memory().asSlice((long) page * PAGE, PAGE);
        int kind = random.nextInt(4);
        if (kind == 0) {
            at.fill((byte) 0);
        } else {
            byte[] bytes = new byte[kind == 1 ? PAGE : 1 + random.nextInt(200)];
            random.nextBytes(bytes);
            MemorySegment.copy(bytes, 0, at, ValueLayout.JAVA_BYTE, 0, bytes.length);
        }
        changed.add((long) page * PAGE, PAGE);
    }

    /** One message: some pages and globals change. */
    void step(int pages) {
        int all = (int) (memoryBytes / PAGE);
        for (int i = 0; i < pages; i++) {
            touch(random.nextInt(all));
        }
        globals.put("flywheel.global.0", random.nextLong());
        nonce++;
    }

    Checkpoint write(CheckpointStore store) throws IOException {
        tree.update(memory(), changed);
        Checkpoint written =
                store.write(
                        state(nonce, globals), new MemoryPicture(memory(), tree, changed), last);
        last = written;
        changed.clear();
        return written;
    }

    byte[] bytes() {
        return memory().toArray(ValueLayout.JAVA_BYTE);
    }

    /** What a checkpoint holds. */
    static byte[] restored(Checkpoint checkpoint) throws IOException {
        try (Mapping target = Mapping.reserve(checkpoint.manifest().memoryBytes())) {
            StateTree tree = checkpoint.restoreInto(target.segment());
            MemorySegment memory = target.segment();
            assert java.util.Arrays.equals(tree.top(), StateTree.of(memory).top());
            return memory.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Override
    public void close() {
        mapping.close();
    }
}
