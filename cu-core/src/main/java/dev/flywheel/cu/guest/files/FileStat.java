package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
        ByteBuffer head = buffer(28);
        head.putInt(device(node)).putInt(node.mode).putLong(1).putInt(0).putInt(0);
        memory.write(address, head.putInt(node.device).array());
        // The four bytes between are padding.
        ByteBuffer tail = sizes(buffer(72), node);
        for (int i = 0; i < 3; i++) {
            tail.putLong(seconds(node)).putLong(fraction(node));
        }
        memory.write(address + 32, tail.putLong(node.inode).array());
    }

    private void writeEarly(FileNode node, long address) {
        ByteBuffer head = buffer(36);
        head.putInt(device(node)).putInt(0).putInt((int) node.inode).putInt(node.mode).putInt(1);
        memory.write(address, head.putInt(0).putInt(0).putInt(node.device).putInt(0).array());
        ByteBuffer tail = sizes(buffer(48), node);
        for (int i = 0; i < 3; i++) {
            tail.putInt((int) seconds(node)).putInt(0);
        }
        memory.write(address + 40, tail.putLong(node.inode).array());
    }

    private void writeNarrow(FileNode node, long address) {
        ByteBuffer head = buffer(52);
        head.putInt(device(node)).putInt(node.mode).putInt(1).putInt(0).putInt(0);
        sizes(head.putInt(node.device), node);
        memory.write(address, head.putLong(seconds(node)).putInt(fraction(node)).array());
        byte[] time = buffer(12).putLong(seconds(node)).putInt(fraction(node)).array();
        memory.write(address + 56, time);
        memory.write(address + 72, time);
        memory.write(address + 88, buffer(8).putLong(node.inode).array());
    }

    private static ByteBuffer sizes(ByteBuffer bytes, FileNode node) {
        int blocks = Math.toIntExact((node.size() + BLOCK_BYTES - 1) / BLOCK_BYTES);
        return bytes.putLong(node.size()).putInt(BLOCK_BYTES).putInt(blocks);
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

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
