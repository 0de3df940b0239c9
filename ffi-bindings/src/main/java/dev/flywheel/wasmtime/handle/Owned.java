package dev.flywheel.wasmtime.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * A native object with the arena it dies with. The pointer is adopted into a shared arena and
 * passed to C as such, so that the JDK keeps it alive during each call, refuses a close meanwhile,
 * and refuses any use after it. Closing costs about 20 us: it waits for no call, but makes each
 * thread look.
 */
public final class Owned implements AutoCloseable {

    private final Arena arena;
    private final MemorySegment pointer;

    /**
     * Takes over {@code pointer}, which {@code delete} frees when this is closed: never by a
     * Cleaner.
     *
     * @throws IllegalStateException when native code returned NULL
     */
    @SuppressWarnings("MustBeClosedChecker") // closed by close(): that is what this class is for
    public Owned(Live kind, MemorySegment pointer, Consumer<MemorySegment> delete) {
        if (pointer.address() == 0) {
            throw new IllegalStateException("native code returned no object: kind=" + kind);
        }
        this.arena = Arena.ofShared();
        kind.born();
        this.pointer =
                pointer.reinterpret(
                        0,
                        arena,
                        dead -> {
                            delete.accept(dead);
                            kind.died();
                        });
    }

    /**
     * To be passed to C. After {@link #close} any call with it throws {@link
     * IllegalStateException}.
     */
    public MemorySegment pointer() {
        return pointer;
    }

    /** Memory and interior pointers that end with this object. */
    public Arena arena() {
        return arena;
    }

    /** Whether {@link #close} has not been called. */
    public boolean isAlive() {
        return arena.scope().isAlive();
    }

    /**
     * Frees the native object. Idempotent. Any thread.
     *
     * @throws IllegalStateException when a call with it is under way; nothing has happened then
     */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
