package dev.flywheel.node.mainnet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Utf8;
import java.io.ByteArrayOutputStream;

/** Text of paths and queries as it comes from the wire, each character a byte. */
final class WireText {
    private WireText() {}

    /**
     * The text that percent signs and bytes stand for. A plus is a plus: the client escapes nothing
     * but what no URL may hold.
     *
     * @throws StatusException 400 when it is not UTF-8
     */
    static String decode(String wire) {
        byte[] bytes = wire.getBytes(ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%' && i + 2 < bytes.length && hex(bytes[i + 1]) >= 0) {
                // The server refuses a percent sign that no two hexadecimal digits follow.
                out.write(hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]));
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        byte[] text = out.toByteArray();
        String decoded = Utf8.decodeOrNull(text, 0, text.length);
        if (decoded == null) {
            throw new StatusException(400, "the path is not UTF-8: " + MainnetLimits.cut(wire));
        }
        return decoded;
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }
}
