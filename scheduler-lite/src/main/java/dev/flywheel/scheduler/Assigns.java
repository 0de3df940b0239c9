package dev.flywheel.scheduler;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.DeepHash;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.scheduler.gateway.GatewayClient;
import dev.flywheel.scheduler.log.Schedule;
import dev.flywheel.scheduler.pipeline.Refusals;
import dev.flywheel.scheduler.pipeline.Submission;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is looked up before something is scheduled: assigned ids, and transactions that processes
 * boot from. Blocks on the gateway; call it on virtual threads.
 */
final class Assigns {
    private static final Logger LOG = LoggerFactory.getLogger(Assigns.class);

    private final Schedule schedule;
    private final GatewayClient gateway;
    private final boolean deepHashChecks;

    Assigns(Schedule schedule, GatewayClient gateway, boolean deepHashChecks) {
        this.schedule = schedule;
        this.gateway = gateway;
        this.deepHashChecks = deepHashChecks;
    }

    /**
     * What was asked for.
     *
     * @param process as it was given
     * @param message as it was given
     * @param baseLayer whether the message is a transaction of the base layer, which must be
     *     settled
     */
    record Asked(String process, String message, boolean baseLayer, List<String> exclude) {}

    /**
     * @throws StatusException when it cannot be assigned
     */
    Submission submission(Asked asked) throws InterruptedException {
        Id message = Id.parseOrNull(asked.message());
        if (message == null) {
            throw Refusals.builder("assign param must be 43 characters");
        }
        Id process = Id.parseOrNull(asked.process());
        ProcessRecord record = process == null ? null : schedule.process(process);
        if (process == null || record == null) {
            throw Refusals.unknownProcess(asked.process());
        }
        try {
            if (asked.baseLayer()) {
                requireSettled(message, record);
            }
            return Submission.assign(
                    process, message, asked.exclude(), deepHash(message, asked.baseLayer()));
        } catch (IOException e) {
            LOG.warn("an assigned id could not be looked up id={}", message, e);
            throw new StatusException(
                    502,
                    "The gateway "
                            + gateway
                            + " could not be asked for "
                            + message
                            + ". Send it again when it can be reached.");
        }
    }

    private void requireSettled(Id message, ProcessRecord process)
            throws IOException, InterruptedException {
        if (gateway.confirmations(message) < depth(process)) {
            throw Refusals.builder("Not enough confirmations to assign");
        }
    }

    private static long depth(ProcessRecord process) {
        try {
            return Long.parseLong(
                    process.tags()
                            .firstOr(
                                    "Settlement-Depth",
                                    Integer.toString(SchedulerLimits.SETTLEMENT_DEPTH_DEFAULT)));
        } catch (NumberFormatException e) {
            return SchedulerLimits.SETTLEMENT_DEPTH_DEFAULT; // as the reference reads it
        }
    }

    /** The hash of what is assigned; null where nobody asks for it. It must exist in any case. */
    private byte @Nullable [] deepHash(Id message, boolean baseLayer)
            throws IOException, InterruptedException {
        // What was posted here may not be on the gateway yet.
        DataItem posted = schedule.posted(message);
        if (posted != null) {
            return deepHashChecks ? Base64Url.decode(DeepHash.forScheduler(posted)) : null;
        }
        if (baseLayer) {
            return null; // settled, so it exists; the reference takes no hash of it
        }
        GatewayClient.Transaction transaction = gateway.transaction(message);
        if (transaction == null) {
            throw new StatusException(
                    400, "Message " + message + " was not found on the gateway " + gateway);
        }
        return deepHashChecks
                ? Base64Url.decode(transaction.deepHash(gateway.data(message)))
                : null;
    }

    /**
     * Checks that the transaction exists that a process boots from.
     *
     * @throws StatusException when it does not
     */
    void requireBoot(String transaction) throws InterruptedException {
        Id id = Id.parseOrNull(transaction);
        try {
            if (id == null || (schedule.posted(id) == null && !gateway.has(id))) {
                throw new StatusException(400, "Invalid tx id for On-Boot tag");
            }
        } catch (IOException e) {
            LOG.warn("an On-Boot transaction could not be looked up id={}", id, e);
            throw new StatusException(
                    502,
                    "The gateway "
                            + gateway
                            + " could not be asked for the On-Boot transaction "
                            + id
                            + ". Send it again when it can be reached.");
        }
    }
}
