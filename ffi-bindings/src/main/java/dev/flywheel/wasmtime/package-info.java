@NullMarked
package dev.flywheel.wasmtime;

import org.jspecify.annotations.NullMarked;
