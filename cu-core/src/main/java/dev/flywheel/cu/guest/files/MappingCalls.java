package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.O_ACCMODE;
import static dev.flywheel.cu.guest.files.FileModes.O_RDWR;
import static dev.flywheel.cu.guest.files.FileModes.O_WRONLY;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestExports;
import dev.flywheel.cu.guest.host.GuestMemory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files mapped into memory: a copy that the guest allocates, written back when it is given up. The
 * newer families give offsets in two halves and take the address through a pointer.
 */
final class MappingCalls {
    private static final long PAGE_BYTES = 65_536;

    /** What fits into a number of JavaScript. */
    private static final long SAFE_INTEGER = 1L << 53;

    private static final int PROT_WRITE = 2;
    private static final int MAP_PRIVATE = 2;

    /** Parameters of {@code _mmap_js} where it answers the address itself. */
    private static final int EARLY_PARAMETERS = 6;

    /** Parameters of {@code _munmap_js} where the offset comes in two halves. */
    private static final int HALVES_PARAMETERS = 7;

    private static final long AT_ONCE = GuestLimits.MAPPED_BYTES_AT_ONCE;

    private final GuestMemory memory;
    private final Family family;
    private final GuestExports exports;

    MappingCalls(GuestMemory memory, Family family, GuestExports exports) {
        this.memory = memory;
        this.family = family;
        this.exports = exports;
    }

    Map<String, FileCall> calls() {
        Map<String, FileCall> calls = new LinkedHashMap<>();
        calls.put("_mmap_js", this::map);
        calls.put("_munmap_js", this::unmap);
        return calls;
    }

    private long map(FileTree tree, CallArguments arguments) {
        boolean early = arguments.count() == EARLY_PARAMETERS;
        long length = unsigned(arguments.integer(0));
        OpenStream stream = tree.stream((int) arguments.integer(3));
        long offset = early ? arguments.integer(4) : joined(arguments, 4);
        if (!early && Math.abs(offset) > SAFE_INTEGER) {
            return Errno.EOVERFLOW; // positive, as in truncation
        }
        if (offset < 0) {
            throw new FileErrorException(Errno.EINVAL); // the loader counts from the end then
        }
        int access = stream.flags & O_ACCMODE;
        boolean shared = (arguments.integer(2) & MAP_PRIVATE) == 0;
        if (access == O_WRONLY
                || (shared && (arguments.integer(1) & PROT_WRITE) != 0 && access != O_RDWR)) {
            throw new FileErrorException(Errno.EACCES);
        }
        if (!isFile(stream)) {
            throw new FileErrorException(Errno.ENODEV);
        }
        long size = (length + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        long at = exports.call("emscripten_builtin_memalign", PAGE_BYTES, size);
        if (at == 0) {
            throw new FileErrorException(Errno.ENOMEM);
        }
        memory.clear(at, size);
        long there = Math.min(length, stream.node.content.length() - offset);
        for (long done = 0; done < there; done += AT_ONCE) {
            long count = Math.min(AT_ONCE, there - done);
            memory.write(at + done, stream.node.content.read(offset + done, count));
        }
        memory.putI32(arguments.integer(early ? 5 : 6), 1);
        if (early) {
            return (int) at;
        }
        memory.putPointer(arguments.integer(7), at);
        return 0;
    }

    private long unmap(FileTree tree, CallArguments arguments) {
        OpenStream stream;
        try {
            stream = tree.stream((int) arguments.integer(4));
        } catch (FileErrorException e) {
            if (family == Family.V2) {
                return 0; // its loader overlooks streams that are closed
            }
            throw e;
        }
        if ((arguments.integer(2) & PROT_WRITE) == 0) {
            return 0;
        }
        if (!isFile(stream)) {
            throw new FileErrorException(Errno.ENODEV);
        }
        if ((arguments.integer(3) & MAP_PRIVATE) == 0) {
            boolean halves = arguments.count() == HALVES_PARAMETERS;
            long offset = halves ? joined(arguments, 5) : arguments.integer(5);
            writeBack(tree, stream, offset, arguments);
        }
        return 0;
    }

    private void writeBack(FileTree tree, OpenStream stream, long offset, CallArguments arguments) {
        long from = arguments.integer(0);
        long length = unsigned(arguments.integer(1));
        for (long done = 0; done < length; done += AT_ONCE) {
            byte[] bytes = memory.read(from + done, Math.min(AT_ONCE, length - done));
            tree.writeAt(stream, offset + done, bytes);
            if (bytes.length < AT_ONCE) {
                return; // all of it, or all that lies in memory
            }
        }
    }

    private static boolean isFile(OpenStream stream) {
        return !stream.node.isDevice() && !stream.node.isDirectory();
    }

    private long unsigned(long number) {
        return memory.pointerBytes() == 4 ? number & 0xFFFF_FFFFL : number;
    }

    private static long joined(CallArguments arguments, int i) {
        return (arguments.integer(i) & 0xFFFF_FFFFL) | (arguments.integer(i + 1) << 32);
    }
}
