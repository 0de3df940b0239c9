package dev.flywheel.wasmtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not return: an expected outcome, hence data. The instance stays usable, but its
 * memory is as the guest left it.
 *
 * @param code decide by this, never by the text
 * @param message Wasmtime's words, without the backtrace
 * @param frames innermost first; Wasmtime keeps about twenty
 * @param hostFailure what a host function threw, for {@link TrapCode#HOST}; else null
 */
public record Trap(
        TrapCode code, String message, List<Frame> frames, @Nullable Throwable hostFailure) {

    public Trap {
        frames = List.copyOf(frames);
    }
}
