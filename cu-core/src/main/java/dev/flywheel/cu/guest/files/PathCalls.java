package dev.flywheel.cu.guest.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The imports that find a file by its path, or change what a directory lists. */
final class PathCalls {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 256;
    private static final int AT_REMOVEDIR = 512;
    private static final int AT_NO_AUTOMOUNT = 2048;
    private static final int AT_EMPTY_PATH = 4096;
    private static final int ACCESS_BITS = 7;
    private static final long NANOSECONDS_PER_MS = 1_000_000;

    private final GuestMemory memory;
    private final boolean early;
    private final FileStat stat;

    PathCalls(GuestMemory memory, boolean early) {
        this.memory = memory;
        this.early = early;
        this.stat = new FileStat(memory, early);
    }

    Map<String, FileCall> calls() {
        Map<String, FileCall> calls = new LinkedHashMap<>();
        calls.put("__syscall_openat", this::open);
        calls.put("__syscall_mkdirat", this::makeDirectory);
        calls.put("__syscall_unlinkat", this::unlink);
        calls.put("__syscall_rmdir", this::removeDirectory);
        calls.put("__syscall_renameat", this::rename);
        calls.put("__syscall_faccessat", this::access);
        calls.put("__syscall_readlinkat", this::readLink);
        calls.put("__syscall_getcwd", this::workingDirectory);
        calls.put("__syscall_chmod", this::changeMode);
        calls.put("__syscall_utimensat", this::setTimes);
        calls.put("__syscall_stat64", (tree, arguments) -> stat(tree, arguments, true));
        calls.put("__syscall_lstat64", (tree, arguments) -> stat(tree, arguments, false));
        calls.put("__syscall_fstat64", this::statDescriptor);
        calls.put("__syscall_newfstatat", this::statAt);
        return calls;
    }

    private String text(long pointer) {
        byte[] bytes = memory.cString(pointer, GuestLimits.PATH_BYTES_MAX + 1);
        if (bytes.length > GuestLimits.PATH_BYTES_MAX) {
            throw new FileErrorException(Errno.ENAMETOOLONG);
        }
        return GuestMemory.decode(bytes);
    }

    /** The path at a pointer, joined to that of the directory it is relative to. */
    private String path(FileTree tree, long directory, long pointer, boolean emptyAllowed) {
        String path = text(pointer);
        if (path.startsWith("/")) {
            return path;
        }
        String base =
                directory == AT_FDCWD
                        ? FileTree.WORKING_DIRECTORY
                        : tree.stream((int) directory).path;
        if (path.isEmpty() && !emptyAllowed) {
            throw new FileErrorException(Errno.ENOENT);
        }
        if (base.length() + path.length() > GuestLimits.PATH_BYTES_MAX) {
            throw new FileErrorException(Errno.ENAMETOOLONG);
        }
        return path.isEmpty() ? base : base + "/" + path;
    }

    private String path(FileTree tree, CallArguments arguments) {
        return path(tree, arguments.integer(0), arguments.integer(1), false);
    }

    private long open(FileTree tree, CallArguments arguments) {
        long more = arguments.integer(3);
        int mode = more == 0 ? 0 : memory.i32(more);
        return tree.open(path(tree, arguments), (int) arguments.integer(2), mode);
    }

    private long makeDirectory(FileTree tree, CallArguments arguments) {
        tree.makeDirectory(path(tree, arguments), (int) arguments.integer(2));
        return 0;
    }

    private long unlink(FileTree tree, CallArguments arguments) {
        long flags = arguments.integer(2);
        if (flags != 0 && flags != AT_REMOVEDIR) {
            throw GuestThrownException.aborted("Invalid flags passed to unlinkat");
        }
        tree.remove(path(tree, arguments), flags == AT_REMOVEDIR);
        return 0;
    }

    private long removeDirectory(FileTree tree, CallArguments arguments) {
        tree.remove(path(tree, AT_FDCWD, arguments.integer(0), false), true);
        return 0;
    }

    private long rename(FileTree tree, CallArguments arguments) {
        String from = path(tree, arguments);
        String to = path(tree, arguments.integer(2), arguments.integer(3), false);
        tree.rename(from, to);
        return 0;
    }

    private long access(FileTree tree, CallArguments arguments) {
        if (arguments.integer(3) != 0) {
            throw GuestThrownException.aborted("Assertion failed");
        }
        int bits = (int) arguments.integer(2);
        if ((bits & ~ACCESS_BITS) != 0) {
            return -Errno.EINVAL;
        }
        FileNode node = tree.lookup(path(tree, arguments), true);
        return tree.allowed(node, bits) ? 0 : -Errno.EACCES;
    }

    private long readLink(FileTree tree, CallArguments arguments) {
        long size = arguments.integer(3);
        if (size <= 0) {
            return -Errno.EINVAL;
        }
        FileNode node = tree.lookup(path(tree, arguments), false);
        if (!node.isLink() && !node.isDescriptor()) {
            return -Errno.EINVAL;
        }
        byte[] target = node.target.getBytes(UTF_8);
        int count = (int) Math.min(target.length, size);
        memory.write(arguments.integer(2), target, 0, count);
        return count;
    }

    private long workingDirectory(FileTree tree, CallArguments arguments) {
        byte[] path = (FileTree.WORKING_DIRECTORY + "\0").getBytes(UTF_8);
        long size = arguments.integer(1);
        if (size == 0) {
            return -Errno.EINVAL;
        }
        if (size < path.length) {
            return -Errno.ERANGE;
        }
        memory.write(arguments.integer(0), path);
        return path.length;
    }

    private long changeMode(FileTree tree, CallArguments arguments) {
        FileNode node = tree.described(text(arguments.integer(0)), true);
        tree.changeMode(node, (int) arguments.integer(1));
        return 0;
    }

    private long setTimes(FileTree tree, CallArguments arguments) {
        String path = path(tree, arguments.integer(0), arguments.integer(1), true);
        FileNode node = tree.described(path, (arguments.integer(3) & AT_SYMLINK_NOFOLLOW) == 0);
        long times = arguments.integer(2);
        if (times == 0) {
            tree.touch(node);
            return 0;
        }
        int bytes = early ? 16 : 32;
        ByteBuffer there =
                ByteBuffer.wrap(Arrays.copyOf(memory.read(times, bytes), bytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long accessedMs = milliseconds(there);
        long modifiedMs = milliseconds(there);
        tree.setChanged(node, Math.max(accessedMs, modifiedMs));
        return 0;
    }

    /** Reads one {@code struct timespec}. */
    private long milliseconds(ByteBuffer there) {
        long seconds = early ? there.getInt() : there.getLong();
        long nanoseconds;
        if (memory.pointerBytes() == 8) {
            nanoseconds = there.getLong();
        } else {
            nanoseconds = there.getInt();
            there.position(there.position() + (early ? 0 : 4));
        }
        long most = Long.MAX_VALUE / 2000; // beyond any date, so that nothing overflows
        return Math.clamp(seconds, -most, most) * 1000
                + Math.floorDiv(nanoseconds, NANOSECONDS_PER_MS);
    }

    private long stat(FileTree tree, CallArguments arguments, boolean follow) {
        stat.write(tree.described(text(arguments.integer(0)), follow), arguments.integer(1));
        return 0;
    }

    private long statDescriptor(FileTree tree, CallArguments arguments) {
        // By the stream's path again, so it fails once the file has been removed.
        String path = tree.stream((int) arguments.integer(0)).path;
        stat.write(tree.described(path, true), arguments.integer(1));
        return 0;
    }

    private long statAt(FileTree tree, CallArguments arguments) {
        long flags = arguments.integer(3);
        boolean emptyAllowed = (flags & AT_EMPTY_PATH) != 0;
        int known = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | (early ? 0 : AT_NO_AUTOMOUNT);
        int unknown = (int) flags & ~known;
        if (unknown != 0) {
            throw GuestThrownException.aborted(
                    "Assertion failed: "
                            + (early ? "" : "unknown flags in __syscall_newfstatat: ")
                            + unknown);
        }
        String path = path(tree, arguments.integer(0), arguments.integer(1), emptyAllowed);
        stat.write(tree.described(path, (flags & AT_SYMLINK_NOFOLLOW) == 0), arguments.integer(2));
        return 0;
    }
}
