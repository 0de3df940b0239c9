package dev.flywheel.scheduler.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a record lies in the queue: what proves that it is whole, and in its place.
 *
 * <pre>
 * | CRC-32C of what follows 4 | payload length 4 | ordinal 8 | payload ... | padding of the queue |
 * </pre>
 *
 * Numbers are little-endian. The ordinal shows a lost or doubled record, which a checksum cannot.
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record Frame(long ordinal, byte[] payload) {
    private static final int HEADER_BYTES = 16;
    private static final int CRC_BYTES = 4;

    static byte[] encode(long ordinal, byte[] payload) {
        ByteBuffer frame =
                ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0).putInt(payload.length).putLong(ordinal).put(payload);
        frame.putInt(0, crc(frame.array(), frame.capacity()));
        return frame.array();
    }

    /** The record in these bytes, or null when they are not one. */
    static @Nullable Frame decodeOrNull(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return null;
        }
        ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = frame.getInt(4);
        if (length < 0 || length > bytes.length - HEADER_BYTES) {
            return null;
        }
        if (frame.getInt(0) != crc(bytes, HEADER_BYTES + length)) {
            return null;
        }
        byte[] payload = new byte[length];
        frame.get(HEADER_BYTES, payload);
        return new Frame(frame.getLong(8), payload);
    }

    private static int crc(byte[] frame, int end) {
        CRC32C crc = new CRC32C();
        crc.update(frame, CRC_BYTES, end - CRC_BYTES);
        return (int) crc.getValue();
    }
}
