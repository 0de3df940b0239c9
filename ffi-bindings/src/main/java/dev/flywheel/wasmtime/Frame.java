package dev.flywheel.wasmtime;

import org.jspecify.annotations.Nullable;

/**
 * One frame of a trap's backtrace, innermost first.
 *
 * @param function the function's name from the name section, or null
 * @param functionIndex its index in the module
 * @param moduleOffset byte offset in the module's binary, or -1 where unknown
 */
public record Frame(
        @Nullable String module, @Nullable String function, int functionIndex, long moduleOffset) {}
