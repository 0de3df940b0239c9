package dev.flywheel.wasmtime;

/** Payload of an exception tag, as the parameters of a function without results. */
public record TagType(FunctionType payload) implements ExternType {}
