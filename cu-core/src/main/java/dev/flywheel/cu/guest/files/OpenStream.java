package dev.flywheel.cu.guest.files;

/** What one or more descriptors refer to; a duplicate shares flags and position. */
final class OpenStream {
    final FileNode node;

    /** Where the node was when it was opened: relative paths and fstat go by it. */
    final String path;

    int flags;
    long position;

    OpenStream(FileNode node, String path, int flags) {
        this.node = node;
        this.path = path;
        this.flags = flags;
    }
}
