/**
 * The module pipeline: published wasm binaries are read, checked, rewritten by passes, and written
 * again before they are compiled.
 */
@NullMarked
package dev.flywheel.cu.module;

import org.jspecify.annotations.NullMarked;
