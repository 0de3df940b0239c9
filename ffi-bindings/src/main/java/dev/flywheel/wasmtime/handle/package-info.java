/**
 * Who owns what and when it dies: pointers that native code returned, adopted into arenas, counted
 * while they live.
 */
@NullMarked
package dev.flywheel.wasmtime.handle;

import org.jspecify.annotations.NullMarked;
