package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.O_ACCMODE;
import static dev.flywheel.cu.guest.files.FileModes.O_APPEND;
import static dev.flywheel.cu.guest.files.FileModes.O_CREAT;
import static dev.flywheel.cu.guest.files.FileModes.O_DIRECTORY;
import static dev.flywheel.cu.guest.files.FileModes.O_EXCL;
import static dev.flywheel.cu.guest.files.FileModes.O_NOFOLLOW;
import static dev.flywheel.cu.guest.files.FileModes.O_TRUNC;
import static dev.flywheel.cu.guest.files.FileModes.PERMISSIONS;
import static dev.flywheel.cu.guest.files.FileModes.S_IFDIR;
import static dev.flywheel.cu.guest.files.FileModes.S_IFREG;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.time.GuestClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory file system of one instance: a tree of nodes and a table of open streams. It is not
 * part of the guest's memory; a new instance starts with the boot tree.
 *
 * <p>Changes can be undone: {@link #mark} remembers the present state, at no cost until something
 * changes, and {@link #rollback} goes back to it. Used by the thread that runs the guest. The
 * working directory is always the root, since no format has an import to change it.
 */
public final class FileTree {
    static final String WORKING_DIRECTORY = "/";

    /** Highest descriptor. */
    private static final int DESCRIPTOR_MAX = 4096;

    private final GuestClock clock;
    private final RandomBytes random;
    private final GuestConsole console;
    private boolean permissionsCount;
    private FileState state;

    /** The state at the mark, once something has changed since. */
    private @Nullable FileState marked;

    /** The tree and the three open streams of a new instance; takes three ticks of the clock. */
    public FileTree(GuestClock clock, RandomBytes random) {
        this(clock, random, BootTree.make(clock));
    }

    private FileTree(GuestClock clock, RandomBytes random, FileState state) {
        this.clock = clock;
        this.random = random;
        this.console = new GuestConsole();
        this.state = state;
    }

    /** From here on permission bits count: to be called before the guest's constructors run. */
    public void booted() {
        permissionsCount = true;
    }

    /**
     * Makes {@code /data}, which the later families have after boot; takes one tick.
     *
     * @throws GuestThrownException when the guest itself has put something there
     */
    public void makeDataFolder() {
        try {
            makeDirectory("/data", 0777);
        } catch (FileErrorException e) {
            throw new GuestThrownException(
                    "Error", "cannot make /data, errno=" + e.errno() + ": the guest made it");
        }
    }

    /** What the guest wrote to its terminals; not undone by {@link #rollback}. */
    public GuestConsole console() {
        return console;
    }

    // Undoing -------------------------------------------------------------------------------

    /** Keeps all changes so far; {@link #rollback} comes back to here. */
    public void mark() {
        marked = null;
    }

    /** Whether nothing has changed since {@link #mark}, or since the tree was made. */
    public boolean pristine() {
        return marked == null;
    }

    /** Undoes all changes since {@link #mark}, or since the tree was made. */
    public void rollback() {
        if (marked != null) {
            state = marked;
            marked = null;
        }
    }

    /**
     * An independent tree in the present state, for another instance; file contents are shared
     * until one of both writes. For the thread that uses this tree; the copy may then go to
     * another.
     */
    public FileTree copy(GuestClock copyClock, RandomBytes copyRandom) {
        FileTree copy = new FileTree(copyClock, copyRandom, state.copy());
        copy.permissionsCount = permissionsCount;
        return copy;
    }

    /** To be called before anything changes. */
    private void changing() {
        if (marked == null) {
            marked = state.copy();
        }
    }

    // Paths ---------------------------------------------------------------------------------

    FileNode lookup(String path, boolean follow) {
        return new PathLookup(state).node(PathLookup.parts(path), follow);
    }

    /** As {@link #lookup}, for what has attributes: an open descriptor's node has none. */
    FileNode described(String path, boolean follow) {
        FileNode node = lookup(path, follow);
        if (node.isDescriptor()) {
            throw new FileErrorException(Errno.EPERM);
        }
        return node;
    }

    // Changes. Each takes one tick, given to all nodes that it touches. ------------------------

    private FileNode make(String path, int mode) {
        PathLookup lookup = new PathLookup(state);
        PathLookup.Place place = lookup.place(path);
        if (place.name().isEmpty()) {
            throw new FileErrorException(Errno.EINVAL);
        }
        if (lookup.holds(place)) {
            throw new FileErrorException(Errno.EEXIST);
        }
        requireChangeable(place.directory());
        state.checkRoomForNode(place.name());
        changing();
        FileNode node = new FileNode(state.nextInode(), place.name(), mode, place.directory());
        node.changedMs = clock.tick();
        state.add(place.directory(), node);
        place.directory().changedMs = node.changedMs;
        return node;
    }

    void makeDirectory(String path, int mode) {
        make(path, S_IFDIR | (mode & 01777));
    }

    void touch(FileNode node) {
        setChanged(node, clock.tick());
    }

    void setChanged(FileNode node, long changedMs) {
        changing();
        node.changedMs = changedMs;
    }

    void changeMode(FileNode node, int mode) {
        changing();
        node.mode = (mode & PERMISSIONS) | (node.mode & ~PERMISSIONS);
        touch(node);
    }

    void remove(String path, boolean directory) {
        PathLookup lookup = new PathLookup(state);
        PathLookup.Place place = lookup.place(path);
        FileNode node = lookup.child(place);
        if (directory && !node.isDirectory()) {
            throw new FileErrorException(Errno.ENOTDIR);
        }
        if (directory && PathLookup.isMount(node)) {
            throw new FileErrorException(Errno.EBUSY);
        }
        if (directory && !node.children.isEmpty()) {
            throw new FileErrorException(Errno.ENOTEMPTY);
        }
        if (!directory && node.isDirectory()) {
            throw new FileErrorException(Errno.EISDIR);
        }
        requireChangeable(place.directory());
        changing();
        state.unlink(place.directory(), node);
        touch(place.directory());
    }

    void rename(String oldPath, String newPath) {
        List<String> oldParts = PathLookup.parts(oldPath);
        List<String> newParts = PathLookup.parts(newPath);
        PathLookup lookup = new PathLookup(state);
        PathLookup.Place from = lookup.place(oldPath);
        PathLookup.Place to = lookup.place(newPath);
        if (PathLookup.isOtherMount(from.directory(), to.directory())) {
            throw new FileErrorException(Errno.EXDEV);
        }
        FileNode node = lookup.child(from);
        if (startsWith(newParts, newParts.size() - 1, oldParts)) {
            throw new FileErrorException(Errno.EINVAL);
        }
        if (startsWith(oldParts, oldParts.size() - 1, newParts)) {
            throw new FileErrorException(Errno.ENOTEMPTY);
        }
        FileNode existing = to.directory().children.get(to.name());
        if (existing == node) {
            return;
        }
        if (existing != null && node.isDirectory() != existing.isDirectory()) {
            throw new FileErrorException(node.isDirectory() ? Errno.ENOTDIR : Errno.EISDIR);
        }
        requireChangeable(from.directory());
        if (PathLookup.isMount(node) || (existing != null && PathLookup.isMount(existing))) {
            throw new FileErrorException(Errno.EBUSY);
        }
        if (existing != null && !existing.children.isEmpty()) {
            throw new FileErrorException(Errno.ENOTEMPTY);
        }
        if (to.directory().isWithin(node)) {
            // Only through a link is this not seen above. The reference makes a circle, and hangs.
            throw new FileErrorException(Errno.EINVAL);
        }
        state.checkRoom((long) to.name().length() - node.name.length());
        changing();
        if (existing != null) {
            state.unlink(to.directory(), existing);
        }
        from.directory().children.remove(from.name());
        state.take((long) to.name().length() - node.name.length());
        node.name = to.name();
        node.parent = to.directory();
        to.directory().children.put(to.name(), node);
        from.directory().changedMs = clock.tick();
        to.directory().changedMs = from.directory().changedMs;
    }

    private static void requireDirectory(FileNode node) {
        if (!node.isDirectory()) {
            throw new FileErrorException(Errno.ENOTDIR);
        }
    }

    /** What is in the file system of descriptors can only be looked at. */
    private static void requireChangeable(FileNode directory) {
        requireDirectory(directory);
        if (PathLookup.isMount(directory)) {
            throw new FileErrorException(Errno.EPERM);
        }
    }

    /** Whether the first {@code count} of the names start with these. */
    private static boolean startsWith(List<String> names, int count, List<String> start) {
        return count >= start.size() && names.subList(0, start.size()).equals(start);
    }

    void truncate(FileNode node, long length) {
        if (node.isDirectory()) {
            throw new FileErrorException(Errno.EISDIR);
        }
        if (!node.isRegular()) {
            throw new FileErrorException(Errno.EINVAL);
        }
        long more = length - node.content.length();
        state.checkRoom(more);
        changing();
        state.take(more);
        node.content.setLength(length);
        touch(node);
    }

    // Streams -------------------------------------------------------------------------------

    /** Whether the mode has these of the bits read 4, write 2, execute 1, for anyone. */
    boolean allowed(FileNode node, int bits) {
        if (!permissionsCount) {
            return true;
        }
        for (int bit = 1; bit <= 4; bit <<= 1) {
            if ((bits & bit) != 0 && (node.mode & (0111 * bit)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Opens a file under the lowest free descriptor, which it answers. */
    int open(String path, int askedFlags, int mode) {
        int flags = askedFlags;
        if (path.isEmpty()) {
            throw new FileErrorException(Errno.ENOENT);
        }
        FileNode node = found(path, (flags & O_NOFOLLOW) == 0);
        boolean created = false;
        if ((flags & O_CREAT) != 0) {
            if (node != null && (flags & O_EXCL) != 0) {
                throw new FileErrorException(Errno.EEXIST);
            }
            if (node == null) {
                node = make(path, S_IFREG | (mode & PERMISSIONS));
                created = true;
            }
        }
        if (node == null) {
            throw new FileErrorException(Errno.ENOENT);
        }
        if (node.isDevice()) {
            flags &= ~O_TRUNC;
        }
        if ((flags & O_DIRECTORY) != 0 && !node.isDirectory()) {
            throw new FileErrorException(Errno.ENOTDIR);
        }
        if (!created) {
            checkOpen(node, flags);
            if ((flags & O_TRUNC) != 0) {
                truncate(node, 0);
            }
        }
        int kept = flags & ~(O_EXCL | O_TRUNC | O_NOFOLLOW);
        return addStream(new OpenStream(node, node.path(), kept), 0);
    }

    /** A lookup that fails in any way counts as "not there". */
    private @Nullable FileNode found(String path, boolean follow) {
        try {
            return lookup(path, follow);
        } catch (FileErrorException e) {
            return null;
        }
    }

    private void checkOpen(FileNode node, int flags) {
        boolean truncates = (flags & O_TRUNC) != 0;
        if (node.isLink()) {
            throw new FileErrorException(Errno.ELOOP);
        }
        if (node.isDirectory() && ((flags & O_ACCMODE) != 0 || truncates)) {
            throw new FileErrorException(Errno.EISDIR);
        }
        int bits = new int[] {4, 2, 6, 6}[flags & O_ACCMODE] | (truncates ? 2 : 0);
        if (!allowed(node, bits)) {
            throw new FileErrorException(Errno.EACCES);
        }
    }

    /** Gives a stream the lowest free descriptor that is not below {@code lowest}. */
    int addStream(OpenStream stream, int lowest) {
        int descriptor = lowest;
        while (state.streams.containsKey(descriptor)) {
            descriptor++;
        }
        // Duplicates can have negative numbers, as in the reference; they count all the same.
        if (descriptor > DESCRIPTOR_MAX || state.streams.size() > DESCRIPTOR_MAX) {
            throw new FileErrorException(Errno.EMFILE);
        }
        changing();
        state.open(descriptor, stream);
        return descriptor;
    }

    OpenStream stream(int descriptor) {
        OpenStream stream = state.streams.get(descriptor);
        if (stream == null) {
            throw new FileErrorException(Errno.EBADF);
        }
        return stream;
    }

    /** Closes a descriptor if it is open. */
    void close(int descriptor) {
        changing();
        state.close(descriptor);
    }

    void addFlags(OpenStream stream, int flags) {
        changing();
        stream.flags |= flags;
    }

    void seek(OpenStream stream, long position) {
        changing();
        stream.position = position;
    }

    /**
     * Reads on from the stream's position. Terminals have nothing to read.
     *
     * @param count most bytes, unsigned
     */
    byte[] read(OpenStream stream, long count) {
        FileNode node = stream.node;
        long most = count < 0 ? Long.MAX_VALUE : count;
        if (!node.isDevice()) {
            byte[] bytes = node.content.read(stream.position, most);
            if (bytes.length > 0) {
                seek(stream, stream.position + bytes.length);
            }
            return bytes;
        }
        if (!node.isRandom() || most == 0) {
            return new byte[0];
        }
        touch(node);
        byte[] bytes = new byte[(int) Math.min(most, GuestLimits.RANDOM_BYTES_MAX)];
        random.fill(bytes);
        return bytes;
    }

    /**
     * @throws FileErrorException when so many bytes more do not fit at the stream's position
     */
    void checkRoomToWrite(OpenStream stream, long count) {
        long length = stream.node.content.length();
        long start = (stream.flags & O_APPEND) != 0 ? length : stream.position;
        if (Math.max(start, count) > GuestLimits.FILE_BYTES_MAX) {
            throw new FileErrorException(Errno.ENOSPC); // and the sum below can't overflow
        }
        state.checkRoom(start + count - length);
    }

    /** Writes to a regular file; the room has been checked. */
    void write(OpenStream stream, byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        changing();
        if ((stream.flags & O_APPEND) != 0) {
            stream.position = stream.node.content.length();
        }
        put(stream.node, stream.position, bytes);
        stream.position += bytes.length;
    }

    /**
     * Writes to a regular file at a place of its own, whatever the stream's flags are.
     *
     * @throws FileErrorException when there is no room
     */
    void writeAt(OpenStream stream, long position, byte[] bytes) {
        long end = position + bytes.length;
        if (position < 0 || end < position || end > GuestLimits.FILE_BYTES_MAX) {
            throw new FileErrorException(Errno.ENOSPC);
        }
        if (bytes.length > 0) {
            state.checkRoom(end - stream.node.content.length());
            changing();
            put(stream.node, position, bytes);
        }
    }

    private void put(FileNode node, long position, byte[] bytes) {
        long before = node.content.length();
        node.content.write(position, bytes);
        state.take(node.content.length() - before);
        touch(node);
    }

    /**
     * Prints on a device; the null device takes all and gives no sign of it.
     *
     * @param start the first bytes of a text, all that the console can keep
     * @param length of the whole text
     */
    void print(OpenStream stream, byte[] start, long length) {
        if (length > 0 && stream.node.device != Devices.NULL) {
            console.write(start, length);
            touch(stream.node);
        }
    }
}
