package dev.flywheel.node.gateway;

import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Entries for the store without the cost of signing them: what is tested with them does not look at
 * signatures.
 */
final class Entries {
    private final Random random;

    Entries(long seed) {
        this.random = new Random(seed);
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Keeps an entry with these names and values as tags. */
    GatewayItem put(ItemStore store, byte[] owner, String data, String... namesAndValues) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tags.add(new Tag(namesAndValues[i], namesAndValues[i + 1]));
        }
        byte[] signature = bytes(512);
        byte[] dataBytes = data.getBytes(StandardCharsets.UTF_8);
        GatewayItem entry =
                new GatewayItem(
                        0,
                        Id.of(DataRoot.sha256(signature)),
                        GatewayItem.Kind.ITEM,
                        1,
                        signature,
                        owner,
                        Base64Url.encode(DataRoot.sha256(owner)),
                        null,
                        new byte[0],
                        Tags.of(tags),
                        dataBytes.length,
                        null,
                        0,
                        0,
                        null,
                        "0",
                        "0",
                        new byte[0]);
        return store.put(entry, List.of(ByteBuffer.wrap(dataBytes)));
    }
}
