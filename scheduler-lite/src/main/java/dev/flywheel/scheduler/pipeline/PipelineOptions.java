package dev.flywheel.scheduler.pipeline;

import dev.flywheel.protocol.Signer;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.log.Schedule;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a pipeline works with.
 *
 * @param admission checks items
 * @param schedule what was scheduled before
 * @param journal where entries go; the pipeline is its only writer
 * @param signer the scheduler's wallet
 * @param random for anchors; shared between threads
 * @param clock time of the entries
 * @param blockHeight the newest height, negative while it is not known
 * @param freeBytes space left where the journal grows
 * @param deepHashChecks whether a pushed message is refused when an equal one was scheduled
 * @param recorded called after entries were indexed
 */
public record PipelineOptions(
        Admission admission,
        Schedule schedule,
        Journal journal,
        Signer signer,
        RandomGenerator random,
        InstantSource clock,
        LongSupplier blockHeight,
        LongSupplier freeBytes,
        boolean deepHashChecks,
        Runnable recorded) {}
