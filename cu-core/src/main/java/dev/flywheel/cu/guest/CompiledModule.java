package dev.flywheel.cu.guest;

import dev.flywheel.wasmtime.Module;

/**
 * A module in native code, and what the engine does not tell of it.
 *
 * @param gasGlobal the export that holds the gas left; empty where no gas is counted
 */
record CompiledModule(Module module, String gasGlobal) {}
