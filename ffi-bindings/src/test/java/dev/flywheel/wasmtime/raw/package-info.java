/** Tests of the raw layer: layouts against the C compiler's, and which library is taken. */
@NullMarked
package dev.flywheel.wasmtime.raw;

import org.jspecify.annotations.NullMarked;
