/** The README's example, from outside the binding's package: only what users can reach. */
@NullMarked
package dev.flywheel.wasmtime.example;

import org.jspecify.annotations.NullMarked;
