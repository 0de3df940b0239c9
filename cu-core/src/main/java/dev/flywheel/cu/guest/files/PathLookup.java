package dev.flywheel.cu.guest.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what lies at a path. For as long as the state is the present one.
 *
 * <p>On {@link BootTree#MOUNT} the reference has a file system of its own, whose files are the open
 * descriptors by their numbers: they have a path to stand for, and nothing else.
 */
record PathLookup(FileState state) {

    private static final int LINKS_MAX = 8;

    /** Digits of a descriptor's number; longer ones are not open. */
    private static final int DESCRIPTOR_DIGITS_MAX = 9;

    /** What should be a directory, and a name in it, which is empty for the root. */
    record Place(FileNode directory, String name) {}

    /** Names from the root; dots are taken out textually, before any link is followed. */
    static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                parts.add(name);
            }
        }
        return parts;
    }

    /** Whether the file system of descriptors lies on it. */
    static boolean isMount(FileNode node) {
        return node.isDirectory() && node.path().equals(BootTree.MOUNT);
    }

    /** Whether two directories are of different file systems; a descriptor has one of its own. */
    static boolean isOtherMount(FileNode one, FileNode other) {
        return one.isDescriptor() || other.isDescriptor() || isMount(one) != isMount(other);
    }

    /** What lies at these names. */
    FileNode node(List<String> parts, boolean follow) {
        return walk(parts, follow, 0);
    }

    private FileNode walk(List<String> parts, boolean follow, int links) {
        if (links > LINKS_MAX) {
            throw new FileErrorException(Errno.ELOOP);
        }
        FileNode node = state.root;
        for (int i = 0; i < parts.size(); i++) {
            node = child(new Place(node, parts.get(i)));
            if (node.isLink() && (follow || i < parts.size() - 1)) {
                node = walk(parts(node.target), true, links + 1);
            }
        }
        return node;
    }

    /** Where the last name of a path lies, or would; in a directory or a descriptor. */
    Place place(String path) {
        List<String> parts = parts(path);
        int last = Math.max(0, parts.size() - 1);
        FileNode directory = walk(parts.subList(0, last), true, 0);
        if (!directory.isDirectory() && !directory.isDescriptor()) {
            throw new FileErrorException(Errno.ENOTDIR);
        }
        return new Place(directory, parts.isEmpty() ? "" : parts.getLast());
    }

    /** Whether there is something. */
    boolean holds(Place place) {
        try {
            child(place);
            return true;
        } catch (FileErrorException e) {
            return false;
        }
    }

    /** What lies there. */
    FileNode child(Place place) {
        if (!place.directory.isDirectory()) {
            throw new FileErrorException(Errno.ENOTDIR);
        }
        FileNode node = place.directory.children.get(place.name);
        if (node == null) {
            node = isMount(place.directory) ? descriptor(place.name) : null;
        }
        if (node == null) {
            throw new FileErrorException(Errno.ENOENT);
        }
        return node;
    }

    private FileNode descriptor(String name) {
        boolean number =
                name.length() <= DESCRIPTOR_DIGITS_MAX
                        && name.chars().allMatch(c -> c >= '0' && c <= '9');
        @Nullable OpenStream stream = number ? state.streams.get(Integer.parseInt(name)) : null;
        if (stream == null) {
            throw new FileErrorException(Errno.EBADF);
        }
        FileNode node = new FileNode(0, name, 0, null);
        node.target = stream.path;
        return node;
    }
}
