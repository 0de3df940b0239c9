package dev.flywheel.cu.guest.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.time.GuestClock;
import dev.flywheel.cu.guest.time.TimeCalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A guest without code: 64 KiB of memory, a clock, files, and its imports called by name. */
public final class CallingGuest {
    private static final int MEMORY_BYTES = 65_536;

    public final GuestMemory memory;
    public final GuestClock clock;

    /** Calls of the guest's own functions: name, then arguments. */
    public final List<List<Object>> asked = new ArrayList<>();

    /** Null in the family without files. */
    public final @Nullable FileTree tree;

    public final TimeCalls time;

    /** Where the guest's allocator has room for the next mapped file; 0: nowhere. */
    public long aligned;

    private final byte[] bytes = new byte[MEMORY_BYTES];
    private final Counted random;
    private final Family family;
    private final Map<String, CallBody> calls = new HashMap<>();
    private long heap = 50_000;

    /** The bytes 0, 1, 2, … stand for random ones. */
    private static final class Counted implements RandomBytes {
        private int next;

        @Override
        public void fill(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (next + i);
            }
            next += bytes.length;
        }
    }

    /** What a {@link #restore} brings back besides files. */
    public static final class Kept {
        private final byte[] bytes;
        private final long nextMs;
        private final int nextRandom;

        private Kept(byte[] bytes, long nextMs, int nextRandom) {
            this.bytes = bytes;
            this.nextMs = nextMs;
            this.nextRandom = nextRandom;
        }
    }

    /** A booted guest of family v1, v2, v4 or v64. */
    public static CallingGuest of(String name) {
        Family family = Family.valueOf(name.toUpperCase(Locale.ROOT));
        GuestClock clock = new GuestClock();
        Counted random = new Counted();
        FileTree tree = family.hasFiles() ? new FileTree(clock, random) : null;
        if (tree != null) {
            tree.booted();
            if (family.hasDataFolder()) {
                tree.makeDataFolder();
            }
            tree.mark();
        }
        return new CallingGuest(family, tree, clock, random);
    }

    private CallingGuest(Family family, @Nullable FileTree tree, GuestClock clock, Counted random) {
        this.memory = new GuestMemory(family.pointerBytes());
        this.memory.bind(MemorySegment.ofArray(bytes));
        this.family = family;
        this.tree = tree;
        this.clock = clock;
        this.random = random;
        this.time = new TimeCalls(memory, clock, family, this::export);
        calls.putAll(new FileCalls(memory, tree, family, this::export).calls());
        calls.putAll(time.calls());
    }

    private long export(String name, long... arguments) {
        List<Object> call = new ArrayList<>(List.of(name));
        for (long argument : arguments) {
            // The reference hands out the upper half as an unsigned number.
            call.add(argument & 0xFFFF_FFFFL);
        }
        asked.add(call);
        heap += 64;
        return switch (name) {
            case "malloc" -> heap - 64;
            case "emscripten_builtin_memalign" -> aligned;
            default -> 0;
        };
    }

    /** The files, where there are some. */
    public FileTree files() {
        return Objects.requireNonNull(tree);
    }

    /** Another guest in the same state, with files of its own. */
    public CallingGuest fork() {
        GuestClock otherClock = new GuestClock();
        Counted otherRandom = new Counted();
        FileTree otherTree = files().copy(otherClock, otherRandom);
        CallingGuest other = new CallingGuest(family, otherTree, otherClock, otherRandom);
        other.restore(keep());
        return other;
    }

    public Kept keep() {
        return new Kept(bytes.clone(), clock.nextMs(), random.next);
    }

    public void restore(Kept kept) {
        System.arraycopy(kept.bytes, 0, bytes, 0, bytes.length);
        clock.reset(kept.nextMs);
        random.next = kept.nextRandom;
    }

    public boolean imports(String name) {
        return calls.containsKey(name);
    }

    public long call(String name, long... arguments) {
        return Objects.requireNonNull(calls.get(name), name)
                .call(
                        new CallArguments() {
                            @Override
                            public int count() {
                                return arguments.length;
                            }

                            @Override
                            public long integer(int i) {
                                return arguments[i];
                            }

                            @Override
                            public double number(int i) {
                                throw new AssertionError("no import here takes a double");
                            }
                        });
    }

    /** Writes a C string and answers its address. */
    public long text(long address, String text) {
        memory.write(address, (text + "\0").getBytes(UTF_8));
        return address;
    }

    public long memoryCrc() {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    // Shorthands for guests with 8-byte pointers.

    public long open(String path, int flags) {
        memory.putI32(512, 0666);
        return call("__syscall_openat", -100, text(1024, path), flags, 512);
    }

    public long makeDirectory(String path) {
        return call("__syscall_mkdirat", -100, text(1024, path), 0777);
    }

    public long remove(String path) {
        return call("__syscall_unlinkat", -100, text(1024, path), 0);
    }

    public long rename(String from, String to) {
        return call("__syscall_renameat", -100, text(1024, from), -100, text(6000, to));
    }

    /** Writes this many bytes from address 8192, and answers the errno. */
    public long write(long descriptor, long count) {
        memory.putI64(4096, 8192);
        memory.putI64(4104, count);
        return call("fd_write", descriptor, 4096, 1, 640);
    }

    /** Reads to address 20000, and answers the errno. */
    public long read(long descriptor, long count) {
        memory.putI64(4096, 20_000);
        memory.putI64(4104, count);
        return call("fd_read", descriptor, 4096, 1, 640);
    }

    /** What the last read or write says that it did. */
    public long done() {
        return memory.i64(640);
    }

    public long seek(long descriptor, long position) {
        return call("fd_seek", descriptor, position, 0, 700);
    }
}
