package dev.flywheel.cu.unit;

/**
 * What processes take of this machine now, in bytes.
 *
 * @param budgetBytes what instances may take together
 * @param reservedBytes length of all linear memories
 * @param residentBytes pages in memory, with the copies that failures fall back to; an estimate
 * @param dirtyBytes pages changed since the last checkpoint of their process
 * @param diskBytes checkpoints
 * @param sleepBytes memories of processes that were put away, on the disk
 * @param putAway idle instances closed to make room, since the start
 * @param woken processes that went on from where they were put away, since the start
 * @param refused instances not made for want of memory, since the start
 */
public record MemoryCounters(
        long budgetBytes,
        long reservedBytes,
        long residentBytes,
        long dirtyBytes,
        long diskBytes,
        long sleepBytes,
        long putAway,
        long woken,
        long refused) {}
