package dev.flywheel.cu.module.binary;

import java.util.Arrays;

/**
 * A range of an array that nobody changes any more. Ranges of a module's own binary share its
 * array, so reading copies nothing.
 */
public final class Bytes {

    public static final Bytes EMPTY = of(new byte[0]);

    final byte[] array;
    final int start;
    final int end;

    private Bytes(byte[] array, int start, int end) {
        this.array = array;
        this.start = start;
        this.end = end;
    }

    /** All of an array, which is not copied and must not change. */
    public static Bytes of(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    /** From {@code start} to before {@code end}. */
    static Bytes of(byte[] array, int start, int end) {
        if (start < 0 || end < start || end > array.length) {
            throw new IndexOutOfBoundsException(
                    "no such range: start=" + start + " end=" + end + " bytes=" + array.length);
        }
        return new Bytes(array, start, end);
    }

    public int length() {
        return end - start;
    }

    /** Position of the first byte in the array behind: the offset that errors name. */
    public int offset() {
        return start;
    }

    /** Unsigned. */
    public int at(int i) {
        if (i < 0 || i >= length()) {
            throw new IndexOutOfBoundsException("no such byte: i=" + i + " length=" + length());
        }
        return array[start + i] & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, start, end, that.array, that.start, that.end);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Bytes[offset=" + start + " length=" + length() + "]";
    }
}
