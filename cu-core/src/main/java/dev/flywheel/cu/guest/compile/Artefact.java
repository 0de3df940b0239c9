package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The bytes of a compiled module: the engine's own, which begin at 0 so that the engine can map a
 * file of them, and what it does not tell of the module.
 *
 * <pre>
 *   the engine's    name of the gas global, UTF-8    4  its length
 * </pre>
 */
public final class Artefact {
    private Artefact() {}

    static byte[] bytes(byte[] code, Optional<String> gasGlobal) {
        byte[] name = gasGlobal.orElse("").getBytes(UTF_8);
        return ByteBuffer.allocate(code.length + name.length + Integer.BYTES)
                .put(code)
                .put(name)
                .putInt(name.length)
                .array();
    }

    /**
     * The export that holds the gas left; empty where no gas is counted.
     *
     * @param end an artefact, or its last bytes
     * @throws IllegalArgumentException when they are none
     */
    public static String gasGlobal(byte[] end) {
        int lengthAt = end.length - Integer.BYTES;
        int length = lengthAt < 0 ? -1 : ByteBuffer.wrap(end).getInt(lengthAt);
        if (length < 0 || length > Math.min(lengthAt, CompileLimits.NAME_BYTES_MAX)) {
            throw new IllegalArgumentException("no artefact: bytes=" + end.length);
        }
        return new String(end, lengthAt - length, length, UTF_8);
    }
}
