package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.S_IFCHR;
import static dev.flywheel.cu.guest.files.FileModes.S_IFDIR;
import static dev.flywheel.cu.guest.files.FileModes.S_IFLNK;
import static dev.flywheel.cu.guest.files.FileModes.S_IFMT;
import static dev.flywheel.cu.guest.files.FileModes.S_IFREG;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A directory, regular file, device or link. */
final class FileNode {
    private static final int DIRECTORY_BYTES = 4096;

    /** Given in the order of creation; reaches the guest in {@code struct stat}. */
    final long inode;

    String name;
    int mode;

    /** Null for the root, and for what was removed while it was open. */
    @Nullable FileNode parent;

    long changedMs;

    /** Major number in the high byte, minor in the low; 0 for what is not a device. */
    int device;

    /** What a link points to, or the path of a descriptor. */
    String target = "";

    /** Empty for what is not a directory. */
    final Map<String, FileNode> children = new HashMap<>();

    /** Empty for what is not a regular file. */
    final FileContent content;

    /** Descriptors that are open on it: a removed file lives on for them. */
    int descriptors;

    FileNode(long inode, String name, int mode, @Nullable FileNode parent) {
        this(inode, name, mode, parent, new FileContent());
    }

    private FileNode(
            long inode, String name, int mode, @Nullable FileNode parent, FileContent content) {
        this.inode = inode;
        this.name = name;
        this.mode = mode;
        this.parent = parent;
        this.content = content;
    }

    /** The same without relatives. */
    FileNode copy() {
        FileNode copy = new FileNode(inode, name, mode, null, content.copy());
        copy.changedMs = changedMs;
        copy.device = device;
        copy.target = target;
        copy.descriptors = descriptors;
        return copy;
    }

    /** Whether it stands for an open descriptor: in no directory, and without attributes. */
    boolean isDescriptor() {
        return (mode & S_IFMT) == 0;
    }

    boolean isDirectory() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    boolean isRegular() {
        return (mode & S_IFMT) == S_IFREG;
    }

    boolean isLink() {
        return (mode & S_IFMT) == S_IFLNK;
    }

    boolean isDevice() {
        return (mode & S_IFMT) == S_IFCHR;
    }

    boolean isTerminal() {
        return isDevice() && (device == Devices.TTY || device == Devices.TTY1);
    }

    boolean isRandom() {
        return isDevice() && (device == Devices.RANDOM || device == Devices.URANDOM);
    }

    long size() {
        if (isDirectory()) {
            return DIRECTORY_BYTES;
        }
        return isLink() ? target.length() : content.length();
    }

    /** The path from the root. */
    String path() {
        Deque<String> names = new ArrayDeque<>();
        FileNode node = this;
        while (node.parent != null) {
            names.addFirst(node.name);
            node = node.parent;
        }
        return "/" + String.join("/", names);
    }

    /** Whether this is the other node or lies below it. */
    boolean isWithin(FileNode other) {
        FileNode node = this;
        while (node != null) {
            if (node == other) {
                return true;
            }
            node = node.parent;
        }
        return false;
    }
}
