package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestExports;
import dev.flywheel.cu.guest.host.GuestMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file imports of one instance: {@code __syscall_*} answer minus the error number, {@code fd_*}
 * plus it. Used by the thread that runs the guest.
 */
public final class FileCalls {
    private final GuestMemory memory;
    private final @Nullable FileTree tree;
    private final Family family;
    private final GuestExports exports;

    /**
     * @param tree null for the family without files (v1): its system calls "succeed", reading and
     *     closing are unknown to it
     * @param exports for the place of the error number (v2), and for memory to map files to
     */
    public FileCalls(
            GuestMemory memory, @Nullable FileTree tree, Family family, GuestExports exports) {
        this.memory = memory;
        this.tree = tree;
        this.family = family;
        this.exports = exports;
    }

    /** Import name to what it does. */
    public Map<String, CallBody> calls() {
        DescriptorCalls descriptors = new DescriptorCalls(memory, family, exports);
        Map<String, CallBody> calls = new LinkedHashMap<>();
        new PathCalls(memory, family.early())
                .calls()
                .forEach((name, call) -> calls.put(name, answering(call, -1, 0)));
        new MappingCalls(memory, family, exports)
                .calls()
                .forEach((name, call) -> calls.put(name, answering(call, -1, 0)));
        descriptors.systemCalls().forEach((name, call) -> calls.put(name, answering(call, -1, 0)));
        descriptors
                .wasiCalls()
                .forEach((name, call) -> calls.put(name, answering(call, 1, Errno.ENOSYS)));
        calls.put("fd_seek", answering(descriptors::seek, 1, Errno.ESPIPE));
        if (tree == null) {
            calls.put("fd_write", descriptors::writeNowhere);
        } else {
            calls.put("fd_write", answering(descriptors::write, 1, Errno.ENOSYS));
        }
        return calls;
    }

    private CallBody answering(FileCall call, int sign, int withoutFiles) {
        @Nullable FileTree files = tree;
        if (files == null) {
            return arguments -> withoutFiles;
        }
        return arguments -> {
            try {
                return call.call(files, arguments);
            } catch (FileErrorException e) {
                return (long) sign * e.errno();
            }
        };
    }
}
