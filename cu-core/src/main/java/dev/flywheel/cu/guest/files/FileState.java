package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.GuestLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that can change in a file tree: the nodes, the descriptors, and what they take of limits. */
final class FileState {
    final FileNode root;
    final Map<Integer, OpenStream> streams = new HashMap<>();
    private long inodes;
    private int nodes;

    /** Bytes of contents and names. Removed files count while they are open. */
    private long bytes;

    FileState(FileNode root) {
        this.root = root;
        this.inodes = root.inode;
        this.nodes = 1;
    }

    /** A copy that shares nothing that changes; file contents are shared until one writes. */
    FileState copy() {
        Copier copier = new Copier();
        FileState copy = new FileState(copier.copyOf(root));
        IdentityHashMap<OpenStream, OpenStream> copies = new IdentityHashMap<>();
        streams.forEach(
                (descriptor, stream) ->
                        copy.streams.put(
                                descriptor,
                                copies.computeIfAbsent(
                                        stream, original -> copyOf(original, copier))));
        copier.finish();
        copy.inodes = inodes;
        copy.nodes = nodes;
        copy.bytes = bytes;
        return copy;
    }

    private static OpenStream copyOf(OpenStream stream, Copier copier) {
        OpenStream copy = new OpenStream(copier.copyOf(stream.node), stream.path, stream.flags);
        copy.position = stream.position;
        return copy;
    }

    /** Copies nodes without recursion: a guest can make a tree as deep as it has nodes. */
    private static final class Copier {
        private final IdentityHashMap<FileNode, FileNode> copies = new IdentityHashMap<>();
        private final Deque<FileNode> unfinished = new ArrayDeque<>();

        FileNode copyOf(FileNode node) {
            FileNode known = copies.get(node);
            if (known != null) {
                return known;
            }
            FileNode copy = node.copy();
            copies.put(node, copy);
            unfinished.add(node);
            return copy;
        }

        void finish() {
            for (FileNode node = unfinished.poll(); node != null; node = unfinished.poll()) {
                FileNode copy = copyOf(node);
                node.children.forEach(
                        (name, child) -> {
                            FileNode childCopy = copyOf(child);
                            childCopy.parent = copy;
                            copy.children.put(name, childCopy);
                        });
            }
        }
    }

    long nextInode() {
        inodes++;
        return inodes;
    }

    /**
     * @throws FileErrorException when another node of this name does not fit
     */
    void checkRoomForNode(String name) {
        if (nodes >= GuestLimits.FILE_NODES_MAX) {
            throw new FileErrorException(Errno.ENOSPC);
        }
        checkRoom(name.length());
    }

    /**
     * @throws FileErrorException when so many more bytes do not fit
     */
    void checkRoom(long more) {
        if (more > GuestLimits.FILE_BYTES_MAX - bytes) {
            throw new FileErrorException(Errno.ENOSPC);
        }
    }

    /** Takes room that was checked. */
    void take(long moreBytes) {
        bytes += moreBytes;
    }

    /** Puts a new node in its place. */
    void add(FileNode directory, FileNode node) {
        directory.children.put(node.name, node);
        nodes++;
        bytes += node.name.length();
    }

    /** Takes a node out of its directory; it lives on while it is open. */
    void unlink(FileNode directory, FileNode node) {
        directory.children.remove(node.name);
        node.parent = null;
        releaseIfGone(node);
    }

    /** Opens a descriptor. */
    void open(int descriptor, OpenStream stream) {
        streams.put(descriptor, stream);
        stream.node.descriptors++;
    }

    /** Closes a descriptor if it is open. */
    void close(int descriptor) {
        @Nullable OpenStream stream = streams.remove(descriptor);
        if (stream != null) {
            stream.node.descriptors--;
            releaseIfGone(stream.node);
        }
    }

    private void releaseIfGone(FileNode node) {
        if (node.parent == null && node != root && node.descriptors == 0) {
            nodes--;
            bytes -= node.content.length() + node.name.length();
        }
    }
}
