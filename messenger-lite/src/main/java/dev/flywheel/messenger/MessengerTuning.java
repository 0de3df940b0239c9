package dev.flywheel.messenger;

import dev.flywheel.platform.sql.Durability;
import java.util.Set;

/**
 * Limits and habits that operators and tests set; the usual values and their reasons are in {@link
 * MessengerLimits}.
 *
 * @param durability what a recorded task survives
 * @param openTasksMax open tasks from which clients are refused
 * @param cronIntervalMs pause between two looks at a process's cron results
 * @param cuAnswerMs time for the compute unit to answer
 * @param retries when failed tasks are tried again
 * @param chains how far and how fast one message may have others follow
 * @param pushEnabled whether {@code POST /push} may deliver a message again
 * @param blockedSenders {@code From-Process} values that no client may use
 */
public record MessengerTuning(
        Durability durability,
        int openTasksMax,
        long cronIntervalMs,
        int cuAnswerMs,
        Retries retries,
        Chains chains,
        boolean pushEnabled,
        Set<String> blockedSenders) {

    /** The reference's default: its own network's messenger wallet, which is no process. */
    private static final String LEGACY_MESSENGER = "fcoN_xJeisVsPXA-trzVAuIiqO3ydLQxM-L4XbrQKzY";

    /**
     * When failed tasks are tried again.
     *
     * @param firstMs pause after the first failure
     * @param maxMs longest pause
     * @param refusalsMax refusals after which a task is given up
     * @param giveUpMs age at which a task whose unit does not answer is given up
     */
    public record Retries(long firstMs, long maxMs, int refusalsMax, long giveUpMs) {}

    /**
     * Bounds of a chain: all that follows from one client's item or one cron result.
     *
     * @param freePushes pushes at full speed
     * @param intervalMs pause between further ones
     * @param pushesMax pushes in all
     * @param depthMax messages one after the other
     */
    public record Chains(int freePushes, long intervalMs, int pushesMax, int depthMax) {}

    public MessengerTuning {
        blockedSenders = Set.copyOf(blockedSenders);
        if (openTasksMax < 1 || cronIntervalMs < 1 || cuAnswerMs < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive: openTasksMax=%d cronIntervalMs=%d cuAnswerMs=%d"
                            .formatted(openTasksMax, cronIntervalMs, cuAnswerMs));
        }
    }

    /** The usual values. */
    public static MessengerTuning usual() {
        return new MessengerTuning(
                Durability.ACK_SURVIVES_KILL,
                MessengerLimits.OPEN_TASKS_MAX,
                MessengerLimits.CRON_INTERVAL_MS,
                MessengerLimits.CU_ANSWER_MS,
                new Retries(
                        MessengerLimits.RETRY_FIRST_MS,
                        MessengerLimits.RETRY_MAX_MS,
                        MessengerLimits.REFUSALS_MAX,
                        MessengerLimits.GIVE_UP_MS),
                new Chains(
                        MessengerLimits.CHAIN_FREE_PUSHES,
                        MessengerLimits.CHAIN_INTERVAL_MS,
                        MessengerLimits.CHAIN_PUSHES_MAX,
                        MessengerLimits.CHAIN_DEPTH_MAX),
                false,
                Set.of(LEGACY_MESSENGER));
    }

    /** The same with another durability. */
    public MessengerTuning withDurability(Durability other) {
        return new MessengerTuning(
                other,
                openTasksMax,
                cronIntervalMs,
                cuAnswerMs,
                retries,
                chains,
                pushEnabled,
                blockedSenders);
    }
}
