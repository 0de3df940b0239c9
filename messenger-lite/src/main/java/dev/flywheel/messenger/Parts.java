package dev.flywheel.messenger;

import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * What the parts of one messenger share. All are safe to use from any thread.
 *
 * @param store the durable outbox
 * @param queue what is due
 * @param directory where processes are scheduled
 * @param scheduler calls of schedulers
 * @param compute calls of the compute unit
 * @param wallets where messages to wallets go
 * @param items signs what processes send
 * @param retry when failures are tried again
 * @param traces what was done
 * @param counters counts it
 * @param tuning limits
 * @param clock time
 * @param closing whether the messenger is ending
 */
record Parts(
        OutboxStore store,
        WorkQueue queue,
        ProcessDirectory directory,
        SchedulerClient scheduler,
        ComputeClient compute,
        Wallets wallets,
        PushedItems items,
        RetryPolicy retry,
        Traces traces,
        Counters counters,
        MessengerTuning tuning,
        InstantSource clock,
        BooleanSupplier closing) {}
