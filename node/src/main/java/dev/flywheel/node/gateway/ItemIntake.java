package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Bundle;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.Tags;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes uploaded data items: checks them, keeps them, and unpacks bundles. Thread-safe; called
 * where blocking is allowed.
 */
final class ItemIntake {
    private static final Logger LOG = LoggerFactory.getLogger(ItemIntake.class);

    private final ItemStore store;
    private final ItemVerifier verifier;
    private final AtomicLong refused = new AtomicLong();

    ItemIntake(ItemStore store, ItemVerifier verifier) {
        this.store = store;
        this.verifier = verifier;
    }

    /** Items that were refused since the start, inside bundles too. */
    long refused() {
        return refused.get();
    }

    /**
     * Keeps one item, and the items inside it when it is a bundle.
     *
     * @throws StatusException 400 when the item is malformed or its signature is wrong
     */
    GatewayItem take(byte[] body) {
        DataItem item = parse(body);
        if (!verifier.verify(item)) {
            refused.incrementAndGet();
            throw new StatusException(400, "Data item signature is not valid id=" + item.id());
        }
        GatewayItem kept = store.put(entry(item, null), List.of(item.data()));
        if (isBundle(item.tags())) {
            unpack(item.dataBytes(), item.id(), 1, new int[] {GatewayLimits.BUNDLE_ITEMS_MAX});
        }
        return kept;
    }

    private DataItem parse(byte[] body) {
        try {
            return DataItem.parse(body);
        } catch (MalformedItemException e) {
            refused.incrementAndGet();
            throw new StatusException(400, "Data item is malformed: " + e.getMessage());
        }
    }

    /**
     * Keeps what a bundle holds. Items that are broken or wrongly signed are left out, as Arweave's
     * gateways do.
     */
    void unpack(byte[] data, Id bundle, int depth, int[] budget) {
        List<DataItem> items;
        try {
            items = Bundle.parse(data).items();
        } catch (MalformedItemException e) {
            LOG.warn("a bundle could not be unpacked id={} because {}", bundle, e.getMessage());
            return;
        }
        for (DataItem item : items) {
            if (--budget[0] < 0) {
                LOG.warn(
                        "a bundle holds more items than are unpacked id={} max={}",
                        bundle,
                        GatewayLimits.BUNDLE_ITEMS_MAX);
                return;
            }
            if (!verifier.verify(item)) {
                refused.incrementAndGet();
                LOG.warn(
                        "an item in a bundle is wrongly signed id={} bundle={}", item.id(), bundle);
                continue;
            }
            store.put(entry(item, bundle), List.of(item.data()));
            if (isBundle(item.tags()) && depth < GatewayLimits.BUNDLE_DEPTH_MAX) {
                unpack(item.dataBytes(), item.id(), depth + 1, budget);
            }
        }
    }

    static boolean isBundle(Tags tags) {
        return tags.contains(Bundle.FORMAT.name(), Bundle.FORMAT.value())
                && tags.contains(Bundle.VERSION.name(), Bundle.VERSION.value());
    }

    static GatewayItem entry(DataItem item, @Nullable Id bundle) {
        byte[] anchor = item.anchor();
        return new GatewayItem(
                0,
                item.id(),
                GatewayItem.Kind.ITEM,
                item.signatureType().code(),
                item.signature(),
                item.owner(),
                item.ownerAddress(),
                item.target(),
                anchor == null ? new byte[0] : anchor,
                item.tags(),
                item.data().remaining(),
                null,
                0,
                0,
                bundle,
                "0",
                "0",
                new byte[0]);
    }
}
