package dev.flywheel.messenger;

import org.jspecify.annotations.Nullable;

/**
 * Where a process is scheduled, and what its messages name.
 *
 * @param schedulerUrl without a slash at the end
 * @param scheduler address of the scheduler's wallet, or null where its item names none
 * @param module its module, or ""
 * @param owner address of who made it, or null where that is not known
 */
record ProcessPlace(
        String schedulerUrl, @Nullable String scheduler, String module, @Nullable String owner) {}
