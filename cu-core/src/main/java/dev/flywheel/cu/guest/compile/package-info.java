/**
 * Turns modules into native code, in a process that can be killed.
 *
 * <pre>
 *   GuestEngine ──> ModuleCompiler ──> InProcessCompiler   prepares and compiles on the caller's thread
 *                                 └──> CompileService      queue, limits, single steps logged
 *                                        └─ CompilerProcess ══ stdin, stdout ══ CompilerChild (a JVM of its own)
 *                                           killed beyond a limit               prepares and compiles
 * </pre>
 */
@NullMarked
package dev.flywheel.cu.guest.compile;

import org.jspecify.annotations.NullMarked;
