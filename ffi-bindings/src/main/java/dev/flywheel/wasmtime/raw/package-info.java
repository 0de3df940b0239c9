/**
 * Wasmtime's C API, C names letter for letter: one class for a header or for a few small ones,
 * static final handles, no decisions. Not for users of the binding: a wrong pointer here ends the
 * process.
 */
@NullMarked
package dev.flywheel.wasmtime.raw;

import org.jspecify.annotations.NullMarked;
