/**
 * Tests of the embedding API on the real library; killers of the JVM are provoked in child JVMs.
 */
@NullMarked
package dev.flywheel.wasmtime;

import org.jspecify.annotations.NullMarked;
