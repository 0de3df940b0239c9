package dev.flywheel.scheduler.journal;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a journal needs to know.
 *
 * @param directory for its files; created where needed, used by nobody else
 * @param survivesPowerLoss whether a commit waits for the disk
 * @param clock decides when a new file begins
 */
public record JournalOptions(Path directory, boolean survivesPowerLoss, InstantSource clock) {}
