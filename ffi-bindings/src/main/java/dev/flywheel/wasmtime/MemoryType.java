package dev.flywheel.wasmtime;

import java.util.OptionalLong;

/**
 * Size of a linear memory, in pages of 64 KiB.
 *
 * @param is64 whether its addresses are i64
 */
public record MemoryType(long minimumPages, OptionalLong maximumPages, boolean is64)
        implements ExternType {}
