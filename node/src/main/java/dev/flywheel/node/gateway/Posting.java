package dev.flywheel.node.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of the one index in which owners, recipients, bundles and tags are found: 16 bytes of a
 * SHA-256 over kind, name and value. 64 random bits would leave collisions to anybody with a
 * graphics card; 128 do not.
 */
final class Posting {
    private static final int KEY_BYTES = 16;

    private Posting() {}

    static byte[] owner(String address) {
        return key('o', "", address);
    }

    static byte[] recipient(String id) {
        return key('r', "", id);
    }

    static byte[] parent(String id) {
        return key('p', "", id);
    }

    static byte[] tag(String name, String value) {
        return key('t', name, value);
    }

    private static byte[] key(char kind, String name, String value) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        // The name's length keeps ("a", "bc") and ("ab", "c") apart.
        byte[] head =
                (kind + Integer.toString(nameBytes.length) + ":")
                        .getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(
                DataRoot.sha256(head, nameBytes, value.getBytes(StandardCharsets.UTF_8)),
                KEY_BYTES);
    }
}
