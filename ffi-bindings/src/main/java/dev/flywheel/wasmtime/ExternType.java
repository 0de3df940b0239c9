package dev.flywheel.wasmtime;

/** Type of something that a module imports or exports. */
public sealed interface ExternType
        permits FunctionType, MemoryType, TableType, GlobalType, TagType {}
