package dev.flywheel.messenger;

/**
 * What happened since the start, and what is now.
 *
 * @param accepted items and assignments of clients that were taken
 * @param refused those that were not
 * @param delivered pushed items and assignments that schedulers took
 * @param known deliveries that a scheduler had already, after a crash or a lost answer
 * @param wallets messages to wallets, put on the gateway
 * @param results results followed, those of cron included
 * @param retries failures that are tried again
 * @param givenUp tasks that were given up
 * @param dropped outbox entries that cannot be sent, or exceed a limit
 * @param openTasks tasks not done yet
 * @param monitors processes monitored
 * @param inFlight requests in flight
 */
public record MessengerCounters(
        long accepted,
        long refused,
        long delivered,
        long known,
        long wallets,
        long results,
        long retries,
        long givenUp,
        long dropped,
        long openTasks,
        long monitors,
        long inFlight) {}
