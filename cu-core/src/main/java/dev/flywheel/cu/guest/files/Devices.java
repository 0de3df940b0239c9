package dev.flywheel.cu.guest.files;

/** The devices of the boot tree by number, as {@code struct stat} shows them. */
final class Devices {
    static final int NULL = 1 << 8 | 3;
    static final int TTY = 5 << 8;
    static final int TTY1 = 6 << 8;
    static final int RANDOM = 64 << 8;
    static final int URANDOM = 65 << 8;

    private Devices() {}
}
