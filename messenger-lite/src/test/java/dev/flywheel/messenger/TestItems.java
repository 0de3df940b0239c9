package dev.flywheel.messenger;

import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Signer;
import dev.flywheel.protocol.Tag;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Items and results of tests. */
final class TestItems {
    /** The messenger's own wallet; made once, because that takes a second. */
    static final ArweaveKey MESSENGER = ArweaveKey.generate(4096, new SecureRandom());

    static final Signer CLIENT = EthereumKey.generate(new SecureRandom());
    static final String MODULE = id("module");
    static final String SCHEDULER = id("scheduler");

    private static final AtomicLong COUNT = new AtomicLong();

    private TestItems() {}

    /** An id that belongs to nothing. */
    static String id(String name) {
        return Id.sha256(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static DataItem message(String target) {
        return message(target, "Action", "Eval");
    }

    /** A message as aoconnect makes it; data differs each time, for this signer has no salt. */
    static DataItem message(String target, String name, String value) {
        return new ItemBuilder()
                .target(target)
                .tag(name, value)
                .tag("SDK", "aoconnect")
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Message")
                .data("message " + COUNT.incrementAndGet())
                .sign(CLIENT);
    }

    static DataItem process() {
        return processBuilder().sign(CLIENT);
    }

    static ItemBuilder processBuilder() {
        return new ItemBuilder()
                .tag("Name", "p" + COUNT.incrementAndGet())
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Process")
                .tag("Module", MODULE)
                .tag("Scheduler", SCHEDULER)
                .data(" ");
    }

    /** A signed item without tags, as monitor requests are. */
    static DataItem bare(String target) {
        return new ItemBuilder().target(target).data(" ").sign(CLIENT);
    }

    static List<String> text(Iterable<Tag> tags) {
        List<String> lines = new java.util.ArrayList<>();
        tags.forEach(tag -> lines.add(tag.name() + "=" + tag.value()));
        return lines;
    }
}
