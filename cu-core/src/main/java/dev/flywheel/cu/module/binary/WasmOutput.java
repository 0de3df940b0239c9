package dev.flywheel.cu.module.binary;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes being written; numbers come out in their shortest form. For one thread. */
public final class WasmOutput {

    private byte[] array;
    private int size;

    /**
     * @param expectedBytes room made at first
     */
    public WasmOutput(int expectedBytes) {
        array = new byte[Math.max(16, expectedBytes)];
    }

    public int size() {
        return size;
    }

    /** Forgets what was written; the room stays. */
    public void clear() {
        size = 0;
    }

    /** A copy. */
    public byte[] toArray() {
        return Arrays.copyOf(array, size);
    }

    /** A copy, as code or contents of a module. */
    public Bytes toBytes() {
        return Bytes.of(toArray());
    }

    public WasmOutput u8(int value) {
        room(1);
        array[size++] = (byte) value;
        return this;
    }

    /** An unsigned number of up to 64 bits. */
    public WasmOutput unsigned(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            array[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[size++] = (byte) rest;
        return this;
    }

    public WasmOutput signed(long value) {
        room(10);
        long rest = value;
        while (rest < -0x40 || rest >= 0x40) {
            array[size++] = (byte) (rest | 0x80);
            rest >>= 7;
        }
        array[size++] = (byte) (rest & 0x7f);
        return this;
    }

    public WasmOutput bytes(Bytes bytes) {
        return bytes(bytes.array, bytes.start, bytes.end);
    }

    /** What another output holds. */
    public WasmOutput bytes(WasmOutput other) {
        return bytes(other.array, 0, other.size);
    }

    WasmOutput bytes(byte[] from, int start, int end) {
        room(end - start);
        System.arraycopy(from, start, array, size, end - start);
        size += end - start;
        return this;
    }

    /** A length and the bytes. */
    public WasmOutput sized(Bytes bytes) {
        return unsigned(bytes.length()).bytes(bytes);
    }

    /** A length and what another output holds. */
    public WasmOutput sized(WasmOutput other) {
        return unsigned(other.size).bytes(other);
    }

    public WasmOutput name(String name) {
        return sized(Bytes.of(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** One instruction, of one byte or {@code prefix << 12 | number}, without its immediates. */
    public WasmOutput opcode(int opcode) {
        if (opcode < 0x100) {
            return u8(opcode);
        }
        return u8(opcode >> 12).unsigned(opcode & 0xfff);
    }

    /** An instruction with one index. */
    public WasmOutput opcode(int opcode, int index) {
        return opcode(opcode).unsigned(index);
    }

    private void room(int bytes) {
        if (bytes > array.length - size) {
            // Doubling overflows only beyond what limits let in: the engine takes no such module.
            array = Arrays.copyOf(array, Math.max(Math.addExact(size, bytes), array.length * 2));
        }
    }
}
