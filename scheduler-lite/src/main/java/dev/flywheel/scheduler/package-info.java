/**
 * The light scheduler unit: orders the messages of each process, signs an assignment for each,
 * keeps both in a journal and serves them.
 *
 * <pre>
 *  POST /  -> parse -> ring: [verify ||] -> [sequence] -> [sign || by process] -> [record: journal, commit, index] -> answer
 *                                                                                    |
 *  GET  /... <- index (SQLite, rebuilt from the journal) + journal (Chronicle Queue) <+-> publisher -> gateway
 * </pre>
 */
@NullMarked
package dev.flywheel.scheduler;

import org.jspecify.annotations.NullMarked;
