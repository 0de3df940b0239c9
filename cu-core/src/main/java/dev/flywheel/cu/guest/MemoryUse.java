package dev.flywheel.cu.guest;

/**
 * What one process takes, in bytes; estimated without asking the system, which would have to walk
 * its page tables.
 *
 * @param reservedBytes length of its linear memory: what it may touch without asking for more
 * @param residentBytes pages that were ever not zero, in the memory and in the copy that failures
 *     fall back to, and what an instance takes besides
 * @param dirtyBytes pages changed since the last checkpoint was begun; part of the resident ones
 */
public record MemoryUse(long reservedBytes, long residentBytes, long dirtyBytes) {

    /** Nothing. */
    public static final MemoryUse NONE = new MemoryUse(0, 0, 0);

    public MemoryUse {
        if (reservedBytes < 0 || residentBytes < 0 || dirtyBytes < 0) {
            throw new IllegalArgumentException(
                    "no memory use: reservedBytes=%d residentBytes=%d dirtyBytes=%d"
                            .formatted(reservedBytes, residentBytes, dirtyBytes));
        }
    }

    /** Both together. */
    public MemoryUse plus(MemoryUse other) {
        return new MemoryUse(
                reservedBytes + other.reservedBytes,
                residentBytes + other.residentBytes,
                dirtyBytes + other.dirtyBytes);
    }

    /** This without a part of it. */
    public MemoryUse minus(MemoryUse part) {
        return new MemoryUse(
                reservedBytes - part.reservedBytes,
                residentBytes - part.residentBytes,
                dirtyBytes - part.dirtyBytes);
    }
}
