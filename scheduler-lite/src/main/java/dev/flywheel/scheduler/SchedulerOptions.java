package dev.flywheel.scheduler;

import dev.flywheel.protocol.ArweaveKey;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;

/**
 * What a scheduler needs to know.
 *
 * @param bind address to listen on; port 0 takes any free one
 * @param directory for its journal and index; created where needed, used by nobody else
 * @param signer the wallet that signs assignments
 * @param durability what an acknowledged message survives
 * @param gateway tells block heights and assigned transactions
 * @param behaviour what may differ between schedulers
 */
public record SchedulerOptions(
        InetSocketAddress bind,
        Path directory,
        ArweaveKey signer,
        MessageDurability durability,
        URI gateway,
        Behaviour behaviour) {

    /** What an acknowledged message survives. */
    public enum MessageDurability {
        /** The end of the program, {@code kill -9} included. */
        KILL,
        /** A power cut too. */
        POWER_LOSS
    }

    /**
     * What may differ between schedulers.
     *
     * @param publish whether items and assignments are uploaded to the gateway, afterwards
     * @param deepHashChecks whether a pushed message (or assignment) is refused when the process
     *     has one of the same content; the reference's ENABLE_DEEP_HASH_CHECKS
     * @param messageBytesMax largest message item in bytes, 0 for no limit but that of the body;
     *     the reference's MAX_MESSAGE_SIZE_BYTES. Processes are not limited
     */
    public record Behaviour(boolean publish, boolean deepHashChecks, int messageBytesMax) {
        /** Uploads everything, the rest as the reference does when nothing is set. */
        public static Behaviour usual() {
            return new Behaviour(true, false, 0);
        }
    }
}
