package dev.flywheel.wasmtime;

/** Value of a global and whether it can be set. */
public record GlobalType(ValueType content, boolean mutable) implements ExternType {}
