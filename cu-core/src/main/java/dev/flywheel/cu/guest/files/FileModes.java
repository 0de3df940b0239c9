package dev.flywheel.cu.guest.files;

/** Bits of a node's mode and of a stream's flags, as the guests' C library numbers them. */
final class FileModes {
    static final int S_IFMT = 0170000;
    static final int S_IFCHR = 0020000;
    static final int S_IFDIR = 0040000;
    static final int S_IFREG = 0100000;
    static final int S_IFLNK = 0120000;
    static final int PERMISSIONS = 07777;

    static final int O_ACCMODE = 3;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 64;
    static final int O_EXCL = 128;
    static final int O_TRUNC = 512;
    static final int O_APPEND = 1024;
    static final int O_DIRECTORY = 65_536;
    static final int O_NOFOLLOW = 131_072;

    private FileModes() {}
}
