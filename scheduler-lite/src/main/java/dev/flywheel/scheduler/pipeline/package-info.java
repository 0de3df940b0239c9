/**
 * The way of a posted item to its place in the log.
 *
 * <pre>
 *            +-> verify 0 -+                 +-> sign 0 -+
 *  publish --+-> verify 1 -+--> sequence ----+-> sign 1 -+--> record ---> outcome completed
 *            +-> ...       -+  (one thread)  +-> ...     -+  (one thread: append, commit, index)
 *
 *  verify: slots are dealt in turn      sign: slots are dealt by process, for each hash chain value
 *                                       needs the id, hence the signature, of the assignment before
 * </pre>
 *
 * Who owns what: nonce and timestamp of a process the sequencing thread, its hash chain the signing
 * thread of its share, journal and index the recording thread.
 */
@NullMarked
package dev.flywheel.scheduler.pipeline;

import org.jspecify.annotations.NullMarked;
