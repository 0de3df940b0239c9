package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * What a node and its compiling process say to one another. Neither believes the other's lengths.
 *
 * <pre>
 *   0  1  kind    1  8  number of the request    9  4  length of the payload    13  payload
 * </pre>
 *
 * @param request which request it belongs to: an answer to another one is a mistake
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
record Frame(Kind kind, long request, byte[] payload) {
    private static final int HEADER_BYTES = 1 + Long.BYTES + Integer.BYTES;

    /** Kinds, with the longest payload of each. */
    enum Kind {
        /** Child: ready. Payload: its identity. Request 0. */
        HELLO(1, CompileLimits.HELLO_BYTES_MAX),
        /** Node: compile this. Payload: length of the format's tag (1), the tag, the module. */
        COMPILE(2, 1 + 0xff + dev.flywheel.cu.module.binary.ModuleLimits.MODULE_BYTES_MAX),
        /** Child: prepared. Payload: functions (4). */
        PREPARED(3, Integer.BYTES),
        /** Child: done. Payload: the artefact. */
        DONE(4, CompileLimits.ARTEFACT_BYTES_MAX),
        /** Child: the module is refused. Payload: why. */
        REFUSED(5, CompileLimits.TEXT_BYTES_MAX),
        /** Child: the artefact is too large. Payload: its bytes (8). */
        TOO_LARGE(6, Long.BYTES);

        private static final Kind[] ALL = values();

        final byte code;
        private final int bytesMax;

        Kind(int code, int bytesMax) {
            this.code = (byte) code;
            this.bytesMax = bytesMax;
        }

        static Kind of(byte code) throws ProtocolException {
            for (Kind kind : ALL) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new ProtocolException("no frame: kind=" + code);
        }
    }

    /** The other side does not keep to the format. */
    static final class ProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }
    }

    static Frame of(Kind kind, long request, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return new Frame(
                kind,
                request,
                utf8.length <= kind.bytesMax ? utf8 : java.util.Arrays.copyOf(utf8, kind.bytesMax));
    }

    /** The payload as text; cut characters become replacement characters. */
    String text() {
        return new String(payload, UTF_8);
    }

    /**
     * Reads one; memory is taken as bytes come, whatever the length says.
     *
     * @throws EOFException at the end
     * @throws ProtocolException when it is none
     */
    static Frame read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new EOFException("end after bytes=" + header.length + " of a frame's header");
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        Kind kind = Kind.of(fields.get());
        long request = fields.getLong();
        int length = fields.getInt();
        if (length < 0 || length > kind.bytesMax) {
            throw new ProtocolException(
                    "no frame: kind=" + kind + " bytes=" + length + " max=" + kind.bytesMax);
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("end after bytes=" + payload.length + " of " + length);
        }
        return new Frame(kind, request, payload);
    }

    /** Writes it and flushes. */
    void write(OutputStream out) throws IOException {
        if (payload.length > kind.bytesMax) {
            throw new ProtocolException(
                    "frame too large: kind="
                            + kind
                            + " bytes="
                            + payload.length
                            + " max="
                            + kind.bytesMax);
        }
        out.write(
                ByteBuffer.allocate(HEADER_BYTES)
                        .put(kind.code)
                        .putLong(request)
                        .putInt(payload.length)
                        .array());
        out.write(payload);
        out.flush();
    }
}
