package dev.flywheel.scheduler.pipeline;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.DeepHash;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.SignatureType;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import dev.flywheel.scheduler.log.LogEntry;
import org.jspecify.annotations.Nullable;

/** Whether an item may be scheduled, by itself: signature and tags. Thread-safe. */
public final class Admission {
    private final ItemVerifier verifier;

    public Admission(ItemVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * @throws StatusException when the signature is not the owner's
     */
    public void requireSigned(DataItem item) {
        if (!verifier.verify(item)) {
            boolean ethereum =
                    item.signatureType() == SignatureType.ETHEREUM
                            || item.signatureType() == SignatureType.TYPED_ETHEREUM;
            throw Refusals.bytes(
                    ethereum
                            ? "Ethereum signature verification failed"
                            : "Signature verification failed");
        }
    }

    /**
     * What the item is, by its tags.
     *
     * @throws StatusException when it is neither a message nor a process, or lacks what these need
     */
    public static LogEntry.Kind kind(DataItem item) {
        Tags tags = item.tags();
        if (!tags.has("Data-Protocol") && !tags.has("data-protocol")) {
            throw new StatusException(400, "Data-Protocol tag not present");
        }
        for (Tag tag : tags) {
            if (tag.name().endsWith("+link") || tag.value().endsWith("+link")) {
                throw new StatusException(400, "Tag " + tag.name() + " cannot contain +link");
            }
        }
        String type = type(tags);
        if (type == null) {
            throw new StatusException(400, "Type tag not present");
        }
        return switch (type) {
            case "Process" -> {
                if (!tags.has("Module") || !tags.has("Scheduler")) {
                    throw new StatusException(
                            400, "Required Module and Scheduler tags for Process type not present");
                }
                yield LogEntry.Kind.PROCESS;
            }
            case "Message" -> {
                if (item.target() == null) {
                    throw new StatusException(
                            400, "A Message item needs the process as its target, this has none");
                }
                yield LogEntry.Kind.MESSAGE;
            }
            default -> throw new StatusException(400, "Unsupported Type tag value");
        };
    }

    /** Value of the first tag named Type or type. */
    private static @Nullable String type(Tags tags) {
        for (Tag tag : tags) {
            if (tag.name().equals("Type") || tag.name().equals("type")) {
                return tag.value();
            }
        }
        return null;
    }

    /** Checks an item and fills in what it is. */
    void admit(Submission submission, DataItem item) {
        requireSigned(item);
        submission.kind = kind(item);
        if (submission.kind == LogEntry.Kind.PROCESS) {
            submission.processId = item.id();
        } else if (item.tags().has("From-Process")) {
            submission.deepHash = Base64Url.decode(DeepHash.forScheduler(item));
        }
    }
}
