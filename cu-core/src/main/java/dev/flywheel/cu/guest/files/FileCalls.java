package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.GuestMemory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file imports of one instance. */
public final class FileCalls {
    private final GuestMemory memory;
    private final @Nullable FileTree tree;

    /**
     * @param tree null for the family without files (v1)
     * @param early whether the guest's C library is that of the families v1 and v2
     */
    public FileCalls(GuestMemory memory, @Nullable FileTree tree, boolean early) {
        this.memory = memory;
        this.tree = tree;
    }

    /** Import name to what it does. */
    public Map<String, CallBody> calls() {
        return Map.of("fd_sync", arguments -> tree == null || memory.length() == 0 ? 52 : 0);
    }
}
