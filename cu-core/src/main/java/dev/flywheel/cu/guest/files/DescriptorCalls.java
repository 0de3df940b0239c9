package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.O_ACCMODE;
import static dev.flywheel.cu.guest.files.FileModes.O_WRONLY;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestExports;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The imports that take an open descriptor. */
final class DescriptorCalls {
    /** What fits into a number of JavaScript. */
    private static final long SAFE_INTEGER = 1L << 53;

    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_GETOWN = 9;
    private static final short F_UNLCK = 2;
    private static final int FILE_TYPE_DEVICE = 2;
    private static final int FILE_TYPE_OTHER = 4;
    private static final int FDSTAT_FLAGS_AT = 2;
    private static final int FDSTAT_RIGHTS_AT = 8;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private final GuestMemory memory;
    private final Family family;
    private final boolean early;
    private final GuestExports exports;
    private final TerminalCalls terminals;

    DescriptorCalls(GuestMemory memory, Family family, GuestExports exports) {
        this.memory = memory;
        this.family = family;
        this.early = family.early();
        this.exports = exports;
        this.terminals = new TerminalCalls(memory, early);
    }

    Map<String, FileCall> systemCalls() {
        Map<String, FileCall> calls = new LinkedHashMap<>();
        calls.put("__syscall_fchmod", this::changeMode);
        calls.put("__syscall_fchown32", this::changeOwner);
        calls.put("__syscall_fcntl64", this::control);
        calls.put("__syscall_ioctl", terminals::control);
        calls.put("__syscall_dup3", this::duplicate);
        calls.put("__syscall_ftruncate64", this::truncate);
        return calls;
    }

    Map<String, FileCall> wasiCalls() {
        Map<String, FileCall> calls = new LinkedHashMap<>();
        calls.put("fd_close", this::close);
        calls.put("fd_read", this::read);
        calls.put("fd_sync", this::sync);
        calls.put("fd_fdstat_get", this::state);
        return calls;
    }

    private static int descriptor(CallArguments arguments) {
        return (int) arguments.integer(0);
    }

    private static OpenStream stream(FileTree tree, CallArguments arguments) {
        return tree.stream(descriptor(arguments));
    }

    /** A 64-bit number, in two halves when there is one argument more. */
    private static long joined(CallArguments arguments, int i, boolean halves) {
        long low = arguments.integer(i);
        return halves ? (low & 0xFFFF_FFFFL) | (arguments.integer(i + 1) << 32) : low;
    }

    private static boolean isSafe(long number) {
        return number >= -SAFE_INTEGER && number <= SAFE_INTEGER;
    }

    private long changeMode(FileTree tree, CallArguments arguments) {
        tree.changeMode(stream(tree, arguments).node, (int) arguments.integer(1));
        return 0;
    }

    private long changeOwner(FileTree tree, CallArguments arguments) {
        tree.touch(stream(tree, arguments).node);
        return 0;
    }

    private long control(FileTree tree, CallArguments arguments) {
        OpenStream stream = stream(tree, arguments);
        long command = arguments.integer(1);
        long more = arguments.integer(2);
        // Lock commands are numbered as in the C library that the guest was built with.
        int getLock = memory.pointerBytes() == 8 || early ? 5 : 12;
        if (command == F_DUPFD) {
            int lowest = memory.i32(more);
            return lowest < 0 ? -Errno.EINVAL : tree.addStream(stream, lowest);
        }
        if (command == F_GETFD
                || command == F_SETFD
                || command == getLock + 1
                || command == getLock + 2) {
            return 0;
        }
        if (command == F_GETFL) {
            return stream.flags;
        }
        if (command == F_SETFL) {
            tree.addFlags(stream, memory.i32(more));
            return 0;
        }
        if (command == F_GETOWN && family == Family.V2) {
            memory.putI32(exports.call("__errno_location"), Errno.EINVAL);
            return -1;
        }
        if (command == getLock) {
            long lock = memory.pointer(more);
            if (lock >= 0) {
                memory.write(lock, new byte[] {F_UNLCK, 0});
            }
            return 0;
        }
        return -Errno.EINVAL;
    }

    private long duplicate(FileTree tree, CallArguments arguments) {
        OpenStream stream = stream(tree, arguments);
        if (arguments.integer(2) != 0) {
            throw GuestThrownException.aborted("Assertion failed");
        }
        int wanted = (int) arguments.integer(1);
        if (descriptor(arguments) == wanted) {
            return -Errno.EINVAL;
        }
        tree.close(wanted);
        return tree.addStream(stream, wanted);
    }

    private long truncate(FileTree tree, CallArguments arguments) {
        long length = joined(arguments, 1, arguments.count() > 2);
        if (!isSafe(length)) {
            return Errno.EOVERFLOW; // positive, unlike every other error
        }
        OpenStream stream = stream(tree, arguments);
        if (length < 0 || (stream.flags & O_ACCMODE) == 0) {
            return -Errno.EINVAL;
        }
        tree.truncate(stream.node, length);
        return 0;
    }

    private long close(FileTree tree, CallArguments arguments) {
        stream(tree, arguments);
        tree.close(descriptor(arguments));
        return 0;
    }

    private long sync(FileTree tree, CallArguments arguments) {
        stream(tree, arguments);
        return 0;
    }

    private long state(FileTree tree, CallArguments arguments) {
        boolean terminal = stream(tree, arguments).node.isTerminal();
        long at = arguments.integer(1);
        memory.write(at, new byte[] {(byte) (terminal ? FILE_TYPE_DEVICE : FILE_TYPE_OTHER)});
        if (!early) {
            // Piece by piece as the reference does: padding keeps what lay there.
            memory.write(at + FDSTAT_FLAGS_AT, new byte[Short.BYTES]);
            memory.write(at + FDSTAT_RIGHTS_AT, new byte[2 * Long.BYTES]);
        }
        return 0;
    }

    private long read(FileTree tree, CallArguments arguments) {
        OpenStream stream = stream(tree, arguments);
        if ((stream.flags & O_ACCMODE) == O_WRONLY) {
            throw new FileErrorException(Errno.EBADF);
        }
        if (stream.node.isDirectory()) {
            throw new FileErrorException(Errno.EISDIR);
        }
        IoVector pieces = new IoVector(memory, arguments.integer(1), arguments.integer(2));
        long done = 0;
        for (int i = 0; i < pieces.count(); i++) {
            IoVector.Piece piece = pieces.piece(i);
            byte[] bytes = tree.read(stream, piece.length());
            if (piece.address() >= 0) {
                memory.write(piece.address(), bytes);
            }
            done += bytes.length;
            if (bytes.length != piece.length()) {
                break;
            }
        }
        memory.putPointer(arguments.integer(3), done);
        return 0;
    }

    long write(FileTree tree, CallArguments arguments) {
        OpenStream stream = stream(tree, arguments);
        if ((stream.flags & O_ACCMODE) == 0) {
            throw new FileErrorException(Errno.EBADF);
        }
        IoVector pieces = new IoVector(memory, arguments.integer(1), arguments.integer(2));
        long total = pieces.inside();
        boolean device = stream.node.isDevice();
        if (!device && total > 0) {
            tree.checkRoomToWrite(stream, total);
        }
        for (int i = 0; i < pieces.count(); i++) {
            IoVector.Piece piece = pieces.piece(i);
            long length = pieces.inside(piece);
            if (device) {
                long kept = Math.min(length, GuestLimits.CONSOLE_BYTES_MAX);
                tree.print(stream, memory.read(piece.address(), kept), length);
            } else {
                tree.write(stream, memory.read(piece.address(), length));
            }
        }
        memory.putPointer(arguments.integer(3), total);
        return 0;
    }

    /**
     * In the family without files: all of it is written, and its loader has buffers for the two
     * outputs only.
     */
    long writeNowhere(CallArguments arguments) {
        try {
            IoVector pieces = new IoVector(memory, arguments.integer(1), arguments.integer(2));
            int descriptor = descriptor(arguments);
            if (descriptor != STDOUT && descriptor != STDERR && pieces.inside() > 0) {
                throw new GuestThrownException(
                        "TypeError", "no output has the descriptor " + descriptor);
            }
            memory.putPointer(arguments.integer(3), pieces.inside());
            return 0;
        } catch (FileErrorException e) {
            return e.errno();
        }
    }

    long seek(FileTree tree, CallArguments arguments) {
        boolean halves = arguments.count() > 4;
        long offset = joined(arguments, 1, halves);
        long whence = arguments.integer(halves ? 3 : 2);
        long out = arguments.integer(halves ? 4 : 3);
        if (!isSafe(offset)) {
            return Errno.EOVERFLOW;
        }
        OpenStream stream = stream(tree, arguments);
        if (stream.node.isDevice()) {
            return Errno.ESPIPE;
        }
        if (whence < 0 || whence > 2) {
            return Errno.EINVAL;
        }
        long from = whence == 0 ? 0 : whence == 1 ? stream.position : stream.node.content.length();
        long position = from + offset; // beyond what a long holds it is negative, and refused
        if (position < 0) {
            return Errno.EINVAL;
        }
        tree.seek(stream, position);
        memory.write(out, new Structure(8).i64(position).bytes());
        return 0;
    }
}
