package dev.flywheel.wasmtime;

/** One export of a module. */
public record ExportType(String name, ExternType type) {}
