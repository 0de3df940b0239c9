package dev.flywheel.cu.module;

import java.util.Optional;

/**
 * A module ready to be compiled.
 *
 * @param wasm the rewritten binary; the caller's from now on
 * @param shape what a host needs to know of it
 * @param gasGlobal name of the exported mutable i64 global that holds the gas left, if gas is
 *     counted. The host sets it to the limit before a call; what was used is the limit minus what
 *     is left. A call that trapped by {@code unreachable} with less than 0 left ran out of gas. Its
 *     start value is the highest.
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record PreparedModule(byte[] wasm, ModuleShape shape, Optional<String> gasGlobal) {}
