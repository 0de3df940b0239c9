package dev.flywheel.wasmtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds 64-bit tables in a valid binary. Wasmtime accepts them, but its C API tells sizes of tables
 * as 32-bit numbers only and aborts the process on a larger one, so modules with such tables are
 * refused before anybody asks. No compiler makes them for AO.
 */
final class TableScan {

    private static final int SECTION_IMPORT = 2;
    private static final int SECTION_TABLE = 4;
    private static final int HEADER_BYTES = 8;

    /** Flags of limits: a maximum follows; indices are 64-bit. */
    private static final int HAS_MAXIMUM = 1;

    private static final int IS_64 = 4;

    /** First byte of a table that has an initializer expression. */
    private static final int TABLE_WITH_INITIALIZER = 0x40;

    /** First byte of a reference type that names its heap type: (ref ht) and (ref null ht). */
    private static final int REF = 0x64;

    private static final int REF_NULL = 0x63;

    private final ByteBuffer in;

    private TableScan(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Whether the binary imports or defines a 64-bit table. Stops at the first table with an
     * initializer expression, which it cannot step over: says true then if its own index type is
     * 64-bit or further tables follow.
     *
     * @param wasm a binary that Wasmtime found valid
     */
    static boolean has64BitTable(byte[] wasm) {
        ByteBuffer in = ByteBuffer.wrap(wasm).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
        while (in.hasRemaining()) {
            int section = in.get();
            int size = (int) leb(in);
            ByteBuffer body = in.slice(in.position(), size).order(ByteOrder.LITTLE_ENDIAN);
            in.position(in.position() + size);
            if ((section == SECTION_IMPORT && new TableScan(body).imports())
                    || (section == SECTION_TABLE && new TableScan(body).tables())) {
                return true;
            }
            if (section > SECTION_TABLE) {
                return false;
            }
        }
        return false;
    }

    private boolean imports() {
        for (long n = leb(in); n > 0; n--) {
            skipName();
            skipName();
            int kind = in.get();
            switch (kind) {
                case 0 -> leb(in); // function: type index
                case 1 -> {
                    skipReferenceType();
                    if (limitsAre64()) {
                        return true;
                    }
                }
                case 2 -> limitsAre64(); // memory
                case 3 -> { // global: value type, mutability
                    skipReferenceType();
                    in.get();
                }
                case 4 -> { // tag: attribute, type index
                    in.get();
                    leb(in);
                }
                default ->
                        throw new IllegalStateException(
                                "import of an unknown kind in a valid module: kind=" + kind);
            }
        }
        return false;
    }

    private boolean tables() {
        for (long n = leb(in); n > 0; n--) {
            boolean initialized = in.get(in.position()) == TABLE_WITH_INITIALIZER;
            if (initialized) {
                in.get();
                in.get(); // reserved
            }
            skipReferenceType();
            if (limitsAre64() || (initialized && n > 1)) {
                return true;
            }
        }
        return false;
    }

    /** Reads limits and tells whether they are 64-bit ones. */
    private boolean limitsAre64() {
        int flags = in.get();
        leb(in);
        if ((flags & HAS_MAXIMUM) != 0) {
            leb(in);
        }
        return (flags & IS_64) != 0;
    }

    /** Also any other value type: all of them are one byte, but for two of the references. */
    private void skipReferenceType() {
        int first = in.get();
        if (first == REF || first == REF_NULL) {
            leb(in);
        }
    }

    private void skipName() {
        int length = (int) leb(in);
        in.position(in.position() + length);
    }

    /** An unsigned LEB128 number; of a signed one, the right length at least. */
    private static long leb(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
