package dev.flywheel.cu.guest.compile;

import dev.flywheel.protocol.Id;

/**
 * A module to be compiled.
 *
 * @param moduleId names it in diagnostics
 * @param wasm the binary as published; neither changed nor kept
 * @param formatTag what it says it is: a known {@code Module-Format}, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record CompileRequest(Id moduleId, byte[] wasm, String formatTag) {}
