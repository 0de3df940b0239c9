package dev.flywheel.wasmtime;

import java.util.OptionalLong;

/** Elements of a table and how many there are. */
public record TableType(ValueType element, long minimum, OptionalLong maximum)
        implements ExternType {}
