/**
 * The compute unit: reads the logs of processes, has them evaluated, keeps and serves the results.
 *
 * <pre>
 *  HTTP -> answers in memory? ------------------------------------------------------------> answer
 *            | no                                                                             ^
 *            v                                                                                |
 *          store? scheduler: which nonce?  -> ring -> dispatch thread (owns all processes)    |
 *                                                      |  one step at a time per process      |
 *                          virtual threads: read log <-+-> guest threads: evaluate            |
 *                                                              |                              |
 *                                                              v                              |
 *                                                      ring -> record thread (one commit a batch)
 * </pre>
 */
@NullMarked
package dev.flywheel.cu.unit;

import org.jspecify.annotations.NullMarked;
