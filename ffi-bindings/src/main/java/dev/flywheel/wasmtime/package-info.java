/**
 * WebAssembly for Java: Wasmtime behind its own C API. The only package for users of the binding.
 *
 * <pre>
 *   Engine --compile--> Module --------.
 *     |                                 v
 *     `--> Linker (host functions) --instantiate--> Instance --> Function, Memory, Table, Global
 *     `--> Store (limits, fuel, deadline) --^            all of one Store, and gone with it
 *
 *   Function.call(slots): null = returned | Trap = stopped, as data | exception = misuse
 * </pre>
 *
 * What is {@code AutoCloseable} belongs to whoever made it; nothing is freed behind one's back.
 */
@NullMarked
package dev.flywheel.wasmtime;

import org.jspecify.annotations.NullMarked;
