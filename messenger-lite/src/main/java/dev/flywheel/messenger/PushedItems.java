package dev.flywheel.messenger;

import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Outbox;
import dev.flywheel.protocol.Signer;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what a process sends into signed items (spec 6.4, 6.5). Thread-safe. */
final class PushedItems {
    private static final String LEGACY = "ao.TN.1";
    private static final String MAINNET = "ao.N.1";

    private final Signer signer;

    PushedItems(Signer signer) {
        this.signer = signer;
    }

    /** An entry that no item can be made of. The text says why. */
    static final class UnsendableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnsendableException(String message) {
            super(message);
        }
    }

    /**
     * Who sends.
     *
     * @param process the process
     * @param module its module, or "" where that is not known
     * @param scheduler address of its scheduler's wallet, or null where that is not known
     * @param root what {@code Pushed-For} names, or null
     */
    record Sender(
            String process, String module, @Nullable String scheduler, @Nullable String root) {}

    /**
     * A message.
     *
     * @throws UnsendableException if its target is no id, its anchor not 32 bytes, or its tags or
     *     data too long
     */
    DataItem message(Outbox.Message message, Sender sender) throws UnsendableException {
        Id target = Id.parseOrNull(message.target());
        if (target == null) {
            throw new UnsendableException(
                    "target is no id: " + UnitFailure.shortened(message.target()));
        }
        List<Tag> tags =
                new ArrayList<>(
                        message.tags()
                                .without("Data-Protocol", "Type", "From-Process", "From-Module")
                                .list());
        tags.add(new Tag("Data-Protocol", "ao"));
        tags.add(new Tag("Type", "Message"));
        tags.add(new Tag("From-Process", sender.process()));
        tags.add(new Tag("From-Module", sender.module()));
        if (sender.root() != null) {
            tags.add(new Tag("Pushed-For", sender.root()));
        }
        String anchor = message.anchor();
        ItemBuilder builder = new ItemBuilder().target(target).tags(tags).data(message.data());
        return sign(builder, anchor);
    }

    /**
     * A message with no tags but its own.
     *
     * @throws UnsendableException as {@link #message}
     */
    DataItem unaltered(Outbox.Message message) throws UnsendableException {
        Id target = Id.parseOrNull(message.target());
        if (target == null) {
            throw new UnsendableException(
                    "target is no id: " + UnitFailure.shortened(message.target()));
        }
        return sign(
                new ItemBuilder().target(target).tags(message.tags()).data(message.data()),
                message.anchor());
    }

    /**
     * A new process. Where the reference leaves a second {@code Variant} or {@code From-Process}
     * beside its own, there is one here: a process could claim to be another with it.
     *
     * @throws UnsendableException if it names no module, or its tags or data are too long
     */
    DataItem process(Outbox.Spawn spawn, Sender sender) throws UnsendableException {
        if (!spawn.tags().has("Module")) {
            throw new UnsendableException("No Module tag found on 'Process' DataItem");
        }
        List<Tag> tags = new ArrayList<>();
        for (Tag tag : spawn.tags()) {
            switch (tag.name()) {
                case "Data-Protocol", "Type", "Variant", "From-Process" -> {}
                case "From-Module" -> tags.add(new Tag("From-Module", sender.module()));
                default -> tags.add(tag);
            }
        }
        tags.add(new Tag("Variant", variant(spawn.tags())));
        tags.add(new Tag("Data-Protocol", "ao"));
        tags.add(new Tag("Type", "Process"));
        tags.add(new Tag("From-Process", sender.process()));
        if (sender.root() != null) {
            tags.add(new Tag("Pushed-For", sender.root()));
        }
        if (!spawn.tags().has("Scheduler")) {
            if (sender.scheduler() == null) {
                throw new UnsendableException("No Scheduler tag found on 'Process' DataItem");
            }
            tags.add(new Tag("Scheduler", sender.scheduler()));
        }
        return sign(new ItemBuilder().tags(tags).data(spawn.data()), null);
    }

    /**
     * Tells the spawner of its new process. {@code From-Process} stays when the spawn had it (aos
     * waits for that), unless it names another process.
     *
     * @throws UnsendableException if its tags are too long
     */
    DataItem spawned(Outbox.Spawn spawn, Sender sender, Id newProcess) throws UnsendableException {
        Tags kept =
                spawn.tags()
                        .without("Variant", "Type")
                        .without(
                                tag ->
                                        tag.equals(new Tag("Data-Protocol", "ao"))
                                                || (tag.name().equals("From-Process")
                                                        && !tag.value().equals(sender.process())));
        ItemBuilder builder =
                new ItemBuilder()
                        .target(sender.process())
                        .tags(kept)
                        .tag("Data-Protocol", "ao")
                        .tag("Type", "Message")
                        .tag("Process", newProcess.toString())
                        .tag("Action", "Spawned")
                        .tag("Variant", variant(spawn.tags()))
                        .data(" ");
        return sign(builder, null);
    }

    private static String variant(Tags tags) {
        return MAINNET.equals(tags.first("Variant")) ? MAINNET : LEGACY;
    }

    private DataItem sign(ItemBuilder builder, @Nullable String anchor) throws UnsendableException {
        try {
            if (anchor != null && !anchor.isEmpty()) {
                builder.anchor(anchor);
            }
            DataItem item = builder.sign(signer);
            if (item.size() > HttpLimits.ITEM_BODY_BYTES_MAX) {
                throw new UnsendableException(
                        "item has %d bytes, schedulers take %d"
                                .formatted(item.size(), HttpLimits.ITEM_BODY_BYTES_MAX));
            }
            return item;
        } catch (IllegalArgumentException e) {
            throw new UnsendableException(String.valueOf(e.getMessage()));
        }
    }
}
