package dev.flywheel.cu.guest.files;

/** The error numbers of WASI that file calls answer. */
final class Errno {
    static final int EACCES = 2;
    static final int EBADF = 8;
    static final int EBUSY = 10;
    static final int EEXIST = 20;
    static final int EINVAL = 28;
    static final int EISDIR = 31;
    static final int ELOOP = 32;
    static final int EMFILE = 33;
    static final int ENAMETOOLONG = 37;
    static final int ENOENT = 44;
    static final int ENODEV = 43;
    static final int ENOMEM = 48;
    static final int ENOSPC = 51;
    static final int ENOSYS = 52;
    static final int ENOTDIR = 54;
    static final int ENOTEMPTY = 55;
    static final int ENOTTY = 59;
    static final int EOVERFLOW = 61;
    static final int EPERM = 63;
    static final int ERANGE = 68;
    static final int ESPIPE = 70;
    static final int EXDEV = 75;

    private Errno() {}
}
