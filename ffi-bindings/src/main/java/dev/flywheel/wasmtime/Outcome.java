package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.raw.EngineH;
import dev.flywheel.wasmtime.raw.FuncH;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.WasmH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one place that tells what became of a C call: returned, trapped, or rejected. */
final class Outcome {

    /** Wasmtime keeps twenty frames; more would be a new release's doing. */
    private static final long FRAMES_MAX = 64;

    /** What precedes the reason in Wasmtime's texts. */
    private static final String REASON = "wasm trap: ";

    private Outcome() {}

    /** Makes data of an owned {@code wasm_trap_t}, which is freed. */
    static Trap trapped(Store store, MemorySegment trap) {
        try (Arena arena = Arena.ofConfined()) {
            List<Frame> frames = trapFrames(arena, trap);
            Throwable hostFailure = store.takeHostFailure();
            String text = NativeText.trap(trap);
            if (hostFailure != null) {
                return host(hostFailure, frames);
            }
            if (store.takeInterrupted()) {
                return interrupted(frames);
            }
            MemorySegment code = arena.allocate(JAVA_BYTE);
            if (FuncH.wasmtime_trap_code(trap, code)) {
                return new Trap(TrapCode.of(code.get(JAVA_BYTE, 0)), reason(text), frames, null);
            }
            MemorySegment exception = arena.allocate(Layouts.WASMTIME_EXNREF);
            if (FuncH.wasmtime_context_take_exception(store.context, exception)) {
                FuncH.wasmtime_exnref_unroot(exception);
                return new Trap(TrapCode.UNCAUGHT_EXCEPTION, "uncaught exception", frames, null);
            }
            return new Trap(TrapCode.OTHER, reason(text), frames, null);
        } finally {
            WasmH.wasm_trap_delete(trap);
        }
    }

    /**
     * Makes data of an owned {@code wasmtime_error_t}, which is freed: a host function's failure,
     * or a rejection.
     */
    static Trap failed(Store store, MemorySegment error) {
        try (Arena arena = Arena.ofConfined()) {
            List<Frame> frames = errorFrames(arena, error);
            Throwable hostFailure = store.takeHostFailure();
            if (hostFailure == null && store.takeInterrupted()) {
                return interrupted(frames);
            }
            return hostFailure != null
                    ? host(hostFailure, frames)
                    : new Trap(TrapCode.OTHER, reason(NativeText.error(error)), frames, null);
        } finally {
            EngineH.wasmtime_error_delete(error);
        }
    }

    private static Trap interrupted(List<Frame> frames) {
        return new Trap(TrapCode.INTERRUPT, "interrupt", frames, null);
    }

    private static Trap host(Throwable failure, List<Frame> frames) {
        String message = failure.getMessage();
        return new Trap(
                TrapCode.HOST,
                message == null ? failure.getClass().getSimpleName() : message,
                frames,
                failure);
    }

    private static List<Frame> trapFrames(Arena arena, MemorySegment trap) {
        MemorySegment vec = arena.allocate(Layouts.WASM_VEC);
        WasmH.wasm_trap_trace(trap, vec);
        return takeFrames(vec);
    }

    private static List<Frame> errorFrames(Arena arena, MemorySegment error) {
        MemorySegment vec = arena.allocate(Layouts.WASM_VEC);
        EngineH.wasmtime_error_wasm_trace(error, vec);
        return takeFrames(vec);
    }

    private static List<Frame> takeFrames(MemorySegment vec) {
        try {
            long size = Math.min(NativeText.size(vec), FRAMES_MAX);
            List<Frame> frames = new ArrayList<>();
            for (long i = 0; i < size; i++) {
                MemorySegment frame = NativeText.element(vec, i);
                frames.add(
                        new Frame(
                                name(FuncH.wasmtime_frame_module_name(frame)),
                                name(FuncH.wasmtime_frame_func_name(frame)),
                                WasmH.wasm_frame_func_index(frame),
                                WasmH.wasm_frame_module_offset(frame)));
            }
            return frames;
        } finally {
            WasmH.wasm_frame_vec_delete(vec);
        }
    }

    private static @Nullable String name(MemorySegment name) {
        return name.address() == 0 ? null : NativeText.text(name);
    }

    /**
     * The reason alone, where Wasmtime's text has a backtrace around it; the frames are given as
     * data.
     */
    private static String reason(String text) {
        int at = text.indexOf(REASON);
        if (at < 0) {
            return text;
        }
        int end = text.indexOf('\n', at);
        return text.substring(at + REASON.length(), end < 0 ? text.length() : end);
    }
}
