package dev.flywheel.cu.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Where things are in a file. Numbers are big-endian.
 *
 * <pre>
 *   head      8  "flywckpt"   4  version   4  zero
 *   frames    one after the other, without gaps
 *   table     frames and zero runs, see {@link TableWriter}
 *   manifest  JSON
 *   trailer   8  offset of the table   4  its length   4  length of the manifest
 *             8  "flywckpe"           32  SHA-256 of all before
 * </pre>
 */
final class Layout {
    static final byte[] HEAD_MAGIC = "flywckpt".getBytes(US_ASCII);
    static final byte[] END_MAGIC = "flywckpe".getBytes(US_ASCII);
    static final int VERSION = 1;
    static final int HEAD_BYTES = 16;
    static final int HASH_BYTES = 32;
    static final int TRAILER_BYTES = 8 + 4 + 4 + 8 + HASH_BYTES;

    /** Plain length, stored length, coding, number of runs, hash. */
    static final int FRAME_FIXED_BYTES = 4 + 4 + 4 + 4 + HASH_BYTES;

    /** First page, number of pages. */
    static final int RUN_BYTES = 4 + 4;

    /** Stored as it is. */
    static final int PLAIN = 0;

    /** One zstd frame. */
    static final int ZSTD = 1;

    private Layout() {}
}
