/**
 * WebAssembly binaries as data: reading them under limits, walking over code, and writing them
 * again. Nothing here validates types; the engine does that.
 */
@NullMarked
package dev.flywheel.cu.module.binary;

import org.jspecify.annotations.NullMarked;
