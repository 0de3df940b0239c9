package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.GuestMemory;

/**
 * Writes {@code struct stat} as each family lays it out. Piece by piece as the reference does, so
 * that padding keeps what lay on the guest's stack.
 */
final class FileStat {
    private static final int BLOCK_BYTES = 4096;

    private final GuestMemory memory;
    private final boolean early;

    FileStat(GuestMemory memory, boolean early) {
        this.memory = memory;
        this.early = early;
    }

    void write(FileNode node, long address) {
        if (memory.pointerBytes() == 8) {
            writeWide(node, address);
        } else if (early) {
            writeEarly(node, address);
        } else {
            writeNarrow(node, address);
        }
    }

    private void writeWide(FileNode node, long address) {
        Structure head = new Structure(28).i32(device(node), node.mode).i64(1);
        memory.write(address, head.i32(0, 0, node.device).bytes());
        // The four bytes between are padding.
        Structure tail = sizes(new Structure(72), node);
        for (int i = 0; i < 3; i++) {
            tail.i64(seconds(node), fraction(node));
        }
        memory.write(address + 32, tail.i64(node.inode).bytes());
    }

    private void writeEarly(FileNode node, long address) {
        Structure head = new Structure(36).i32(device(node), 0, (int) node.inode, node.mode, 1);
        memory.write(address, head.i32(0, 0, node.device, 0).bytes());
        Structure tail = sizes(new Structure(48), node);
        for (int i = 0; i < 3; i++) {
            tail.i32((int) seconds(node), 0);
        }
        memory.write(address + 40, tail.i64(node.inode).bytes());
    }

    private void writeNarrow(FileNode node, long address) {
        Structure head = new Structure(52).i32(device(node), node.mode, 1, 0, 0, node.device);
        sizes(head, node);
        memory.write(address, head.i64(seconds(node)).i32(fraction(node)).bytes());
        byte[] time = new Structure(12).i64(seconds(node)).i32(fraction(node)).bytes();
        memory.write(address + 56, time);
        memory.write(address + 72, time);
        memory.write(address + 88, new Structure(8).i64(node.inode).bytes());
    }

    private static Structure sizes(Structure structure, FileNode node) {
        int blocks = Math.toIntExact((node.size() + BLOCK_BYTES - 1) / BLOCK_BYTES);
        return structure.i64(node.size()).i32(BLOCK_BYTES, blocks);
    }

    private static int device(FileNode node) {
        return node.isDevice() ? (int) node.inode : 1;
    }

    private static long seconds(FileNode node) {
        return Math.floorDiv(node.changedMs, 1000L);
    }

    /** Microseconds where nanoseconds belong, as the reference has it. */
    private static int fraction(FileNode node) {
        return (int) Math.floorMod(node.changedMs, 1000L) * 1000;
    }
}
