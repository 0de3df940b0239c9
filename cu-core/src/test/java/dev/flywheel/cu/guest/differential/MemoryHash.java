package dev.flywheel.cu.guest.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash by which both sides compare memories: SHA-256 of the pages that are not zero, each
 * behind its number, and of the length. Equal where the memories are, and sooner known: of the 110
 * MB of an aos process nearly all is zero.
 */
public final class MemoryHash {
    private static final int PAGE_BYTES = 65_536;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PAGE_BYTES]);

    private MemoryHash() {}

    /** In lower-case hexadecimal. The memory is whole pages. */
    public static String of(MemorySegment memory) {
        MessageDigest digest = sha256();
        byte[] bytes = new byte[PAGE_BYTES];
        for (long at = 0; at < memory.byteSize(); at += PAGE_BYTES) {
            MemorySegment page = memory.asSlice(at, PAGE_BYTES);
            if (page.mismatch(ZEROS) >= 0) {
                digest.update(number(at / PAGE_BYTES));
                MemorySegment.copy(page, ValueLayout.JAVA_BYTE, 0, bytes, 0, PAGE_BYTES);
                digest.update(bytes);
            }
        }
        digest.update(number(memory.byteSize()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
