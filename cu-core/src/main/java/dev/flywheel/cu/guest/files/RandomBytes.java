package dev.flywheel.cu.guest.files;

/**
 * What {@code /dev/random} and {@code /dev/urandom} give. Whoever makes it starts it anew for each
 * evaluation, so that the log alone decides the bytes.
 */
@FunctionalInterface
public interface RandomBytes {

    /** Fills the array with the next bytes of the stream. */
    void fill(byte[] bytes);
}
