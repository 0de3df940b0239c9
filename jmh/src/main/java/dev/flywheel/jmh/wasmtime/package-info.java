/**
 * Suite {@code wasmtime}: what crossing between Java and a guest costs; its peer is C on the same
 * library.
 */
@NullMarked
package dev.flywheel.jmh.wasmtime;

import org.jspecify.annotations.NullMarked;
