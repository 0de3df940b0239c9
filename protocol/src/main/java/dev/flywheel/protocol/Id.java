package dev.flywheel.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Thirty-two bytes that name an item, a process, a module or an Arweave wallet. Immutable.
 *
 * <p>The text form is base64url without padding, 43 characters. Only the canonical text is read:
 * the two spare bits of the last character must be zero, else two texts would name one thing.
 */
public final class Id implements Comparable<Id> {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long word0;
    private final long word1;
    private final long word2;
    private final long word3;

    private Id(byte[] bytes, int offset) {
        word0 = (long) LONG.get(bytes, offset);
        word1 = (long) LONG.get(bytes, offset + 8);
        word2 = (long) LONG.get(bytes, offset + 16);
        word3 = (long) LONG.get(bytes, offset + 24);
    }

    /**
     * The id of these 32 bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly 32
     */
    public static Id of(byte[] bytes) {
        if (bytes.length != ProtocolLimits.ID_BYTES) {
            throw new IllegalArgumentException("An id has 32 bytes, got " + bytes.length);
        }
        return new Id(bytes, 0);
    }

    /** The id of the 32 bytes at this offset, which are copied. */
    public static Id of(byte[] bytes, int offset) {
        return new Id(bytes, offset);
    }

    /** The SHA-256 of these parts one after the other, as an id. */
    public static Id sha256(byte[]... parts) {
        MessageDigest digest = Digests.sha256();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Id(digest.digest(), 0);
    }

    static Id sha256(byte[] bytes, int offset, int length) {
        MessageDigest digest = Digests.sha256();
        digest.update(bytes, offset, length);
        return new Id(digest.digest(), 0);
    }

    /**
     * Reads the 43-character text form.
     *
     * @throws IllegalArgumentException if the text is not the canonical form of 32 bytes
     */
    public static Id parse(String text) {
        Id id = parseOrNull(text);
        if (id == null) {
            throw new IllegalArgumentException(
                    "An id is 43 characters of base64url, got \""
                            + shortened(text)
                            + "\" (length="
                            + text.length()
                            + ")");
        }
        return id;
    }

    /** As {@link #parse}, with null for a text that is no id. */
    public static @Nullable Id parseOrNull(@Nullable String text) {
        if (text == null || text.length() != ProtocolLimits.ID_CHARS) {
            return null;
        }
        byte[] bytes = new byte[ProtocolLimits.ID_BYTES + 1];
        int bits = 0;
        int bitCount = 0;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = sextet(text.charAt(i));
            if (value < 0) {
                return null;
            }
            bits = ((bits << 6) | value) & 0xFFFF;
            bitCount += 6;
            if (bitCount >= 8) {
                bitCount -= 8;
                bytes[length++] = (byte) (bits >> bitCount);
            }
        }
        return (bits & ((1 << bitCount) - 1)) == 0 ? new Id(bytes, 0) : null;
    }

    /** Whether the text is an id. */
    public static boolean isId(@Nullable String text) {
        return parseOrNull(text) != null;
    }

    /** A fresh copy of the 32 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[ProtocolLimits.ID_BYTES];
        copyTo(bytes, 0);
        return bytes;
    }

    /** Writes the 32 bytes to this place. */
    public void copyTo(byte[] target, int offset) {
        LONG.set(target, offset, word0);
        LONG.set(target, offset + 8, word1);
        LONG.set(target, offset + 16, word2);
        LONG.set(target, offset + 24, word3);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Id id
                && word0 == id.word0
                && word1 == id.word1
                && word2 == id.word2
                && word3 == id.word3;
    }

    @Override
    public int hashCode() {
        // Ids are hashes already; folding one word spreads enough.
        return Long.hashCode(word0);
    }

    /** Order of the bytes, unsigned. */
    @Override
    public int compareTo(Id other) {
        int order = Long.compareUnsigned(word0, other.word0);
        if (order == 0) {
            order = Long.compareUnsigned(word1, other.word1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(word2, other.word2);
        }
        return order == 0 ? Long.compareUnsigned(word3, other.word3) : order;
    }

    /** The 43-character text form. */
    @Override
    public String toString() {
        return Base64Url.encode(bytes());
    }

    private static int sextet(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '-' ? 62 : c == '_' ? 63 : -1;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
