package dev.flywheel.wasmtime;

/** One import of a module. */
public record ImportType(String module, String name, ExternType type) {}
