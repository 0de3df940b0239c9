package dev.flywheel.cu.guest.compile;

import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.protocol.Id;

/**
 * A module to be compiled.
 *
 * @param moduleId names it in diagnostics
 * @param wasm the binary as published; neither changed nor kept
 * @param format what it says it is
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record CompileRequest(Id moduleId, byte[] wasm, ModuleFormat format) {}
