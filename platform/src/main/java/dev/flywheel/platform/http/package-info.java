/**
 * The HTTP edge of every unit: a server with its limits, routes, and a client with its limits.
 *
 * <pre>
 *  socket -> Undertow I/O thread -> bounded body -> Routes -> Handler -> CompletionStage&lt;Response&gt;
 *                                                                 |
 *              I/O thread writes the answer  <--------------------+  (from whichever thread completed it)
 * </pre>
 */
@NullMarked
package dev.flywheel.platform.http;

import org.jspecify.annotations.NullMarked;
