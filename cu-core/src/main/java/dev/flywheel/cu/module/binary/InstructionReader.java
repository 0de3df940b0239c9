package dev.flywheel.cu.module.binary;

import java.util.Arrays;

/**
 * A walk over code, instruction by instruction, without an object for each: after {@link #next} the
 * accessors tell about the one just read. For one thread.
 */
public final class InstructionReader {

    private final Bytes code;
    private final WasmInput in;
    private int opcode;
    private int start;
    private long immediate;
    private int second;
    private int[] list = new int[16];
    private int listSize;

    public InstructionReader(Bytes code) {
        this.code = code;
        this.in = new WasmInput(code);
    }

    /** Reads one instruction; false at the end of the code. */
    public boolean next() throws MalformedModuleException {
        if (!in.hasMore()) {
            return false;
        }
        start = in.position();
        opcode = in.u8();
        immediate = 0;
        if (opcode >= 0xfb && opcode <= 0xfe) {
            int number = in.u32();
            if (number > 0xfff) {
                throw unknown(opcode, number);
            }
            opcode = opcode << 12 | number;
        }
        readImmediates();
        return true;
    }

    /** One byte, or {@code prefix << 12 | number}. */
    public int opcode() {
        return opcode;
    }

    /** Offset of its first byte in the array behind the code. */
    public int start() {
        return start;
    }

    /** Offset behind its last byte. */
    public int end() {
        return in.position();
    }

    /**
     * Its first immediate: an index, a constant, a block type as a signed number (value types and
     * {@link WasmTypes#EMPTY} are negative), the bits of a float, or the static offset of an access
     * to memory.
     */
    public long immediate() {
        return immediate;
    }

    /** Its first immediate, where that is an index. */
    public int index() {
        return (int) immediate;
    }

    /** Its second index. */
    public int second() {
        return second;
    }

    /**
     * How many numbers {@link #element} has: labels of a br_table, the default one last, or clauses
     * of a try_table, three numbers each (kind, tag or 0, label).
     */
    public int elements() {
        return listSize;
    }

    public int element(int i) {
        if (i < 0 || i >= listSize) {
            throw new IndexOutOfBoundsException("no such element: i=" + i + " size=" + listSize);
        }
        return list[i];
    }

    /** The instruction as it stands in the code. */
    public Bytes bytes() {
        return in.since(start);
    }

    /** All code from an offset to before another, as it stands. */
    public Bytes between(int from, int to) {
        if (from < code.start || to > code.end) {
            throw new IndexOutOfBoundsException("outside of the code: from=" + from + " to=" + to);
        }
        return Bytes.of(code.array, from, to);
    }

    /** An error at this instruction. */
    public MalformedModuleException malformed(String reason) {
        return new MalformedModuleException(start, reason);
    }

    private void readImmediates() throws MalformedModuleException {
        switch (Opcodes.of(opcode)) {
            case NONE -> {}
            case INDEX -> immediate = in.u32();
            case MEMORY_INDEX -> {
                if (in.u8() != 0) {
                    throw malformed("not the first memory" + Proposals.off("multi-memory"));
                }
            }
            case BLOCK_TYPE -> immediate = blockType();
            case TWO_INDICES -> {
                immediate = in.u32();
                second = in.u32();
            }
            case MEMARG -> memarg();
            case MEMARG_AND_LANE -> {
                memarg();
                in.u8();
            }
            case LANE -> immediate = in.u8();
            case SIGNED_32 -> immediate = in.signed(32);
            case SIGNED_64 -> immediate = in.signed(64);
            case BYTES_4 -> in.bytes(4);
            case BYTES_8 -> in.bytes(8);
            case BYTES_16 -> in.bytes(16);
            case REFERENCE_TYPE -> immediate = referenceType();
            case VALUE_TYPES -> valueTypes();
            case BRANCH_TABLE -> branchTable();
            case TRY_TABLE -> tryTable();
            case UNKNOWN -> throw unknown(opcode >> 12, opcode & 0xfff);
        }
    }

    private MalformedModuleException unknown(int prefix, int number) {
        return malformed(
                "instruction not supported: "
                        + (prefix == 0
                                ? "opcode=0x" + Integer.toHexString(number)
                                : "prefix=0x" + Integer.toHexString(prefix) + " number=" + number)
                        + Proposals.ofInstruction(prefix, number));
    }

    private long blockType() throws MalformedModuleException {
        long type = in.signed(33);
        int asByte = (int) type + 0x80;
        if (type < 0 && (type < -0x40 || !(asByte == 0x40 || WasmTypes.isValue(asByte)))) {
            throw malformed("block type not supported: type=" + type + ofType(type));
        }
        if (type > Integer.MAX_VALUE) {
            throw malformed("no such type: index=" + type);
        }
        return type;
    }

    private long referenceType() throws MalformedModuleException {
        long type = in.signed(33);
        if (type >= 0 || !WasmTypes.isReference((int) type + 0x80)) {
            throw malformed("reference type not supported: type=" + type + ofType(type));
        }
        return type;
    }

    private static String ofType(long type) {
        return type >= 0
                ? Proposals.off("typed function references")
                : Proposals.ofType((int) type & 0x7f);
    }

    private void memarg() throws MalformedModuleException {
        int align = in.u32();
        if (align >= 0x80) {
            throw malformed("alignment too large: align=" + align);
        }
        if ((align & 0x40) != 0) {
            throw malformed("names its memory" + Proposals.off("multi-memory"));
        }
        immediate = in.u64();
    }

    private void valueTypes() throws MalformedModuleException {
        int count = in.count("types of a select", ModuleLimits.CLAUSES_MAX);
        for (int i = 0; i < count; i++) {
            int type = in.u8();
            if (!WasmTypes.isValue(type)) {
                throw malformed(
                        "value type not supported: type=0x"
                                + Integer.toHexString(type)
                                + Proposals.ofType(type));
            }
        }
    }

    private void branchTable() throws MalformedModuleException {
        int count = in.count("labels of a br_table", ModuleLimits.BRANCH_TABLE_MAX);
        listSize = 0;
        for (int i = 0; i <= count; i++) { // the default label comes last and is not counted
            add(in.u32());
        }
    }

    private void tryTable() throws MalformedModuleException {
        immediate = blockType();
        int count = in.count("clauses of a try_table", ModuleLimits.CLAUSES_MAX);
        listSize = 0;
        for (int i = 0; i < count; i++) {
            int kind = in.u8();
            if (kind > 3) {
                throw malformed("clause of an unknown kind: kind=" + kind);
            }
            add(kind);
            add(kind < 2 ? in.u32() : 0);
            add(in.u32());
        }
    }

    private void add(int number) {
        if (listSize == list.length) {
            list = Arrays.copyOf(list, listSize * 2);
        }
        list[listSize++] = number;
    }
}
