/**
 * AO's wire forms and nothing else: data items, tags, signatures and hashes as bytes; messages,
 * schedules, results and cursors as JSON; signatures of HTTP messages. No I/O, no clock, no
 * threads.
 *
 * <pre>
 *   bytes ──► DataItem ──► ItemVerifier            ItemBuilder ──► Signer ──► DataItem ──► bytes
 *                │                                                              ▲
 *                ▼                                                              │
 *         ScheduledEntry ◄── AssignmentItem ◄── HashChain            Outbox ◄── EvaluationResult
 *                │
 *                ▼
 *          SchedulePage ──► JSON ──► ScheduledEntry (in the compute unit)
 * </pre>
 */
@NullMarked
package dev.flywheel.protocol;

import org.jspecify.annotations.NullMarked;
