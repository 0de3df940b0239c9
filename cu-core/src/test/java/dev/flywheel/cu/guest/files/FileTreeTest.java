package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.O_APPEND;
import static dev.flywheel.cu.guest.files.FileModes.O_CREAT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.GuestLimits;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.time.GuestClock;
import org.junit.jupiter.api.Test;

class FileTreeTest {
    private static final int NEW_FILE = O_CREAT | 2;
    private static final long MIB = 1 << 20;

    private final CallingGuest guest = CallingGuest.of("v64");

    private long truncate(long descriptor, long length) {
        return guest.call("__syscall_ftruncate64", descriptor, length);
    }

    @Test
    void shouldGiveTheFirstTicksToTheLinksAndTheDataFolder() {
        assertThat(guest.clock.nextMs()).isEqualTo(GuestClock.START_MS + 4);
        assertThat(CallingGuest.of("v2").clock.nextMs()).isEqualTo(GuestClock.START_MS + 3);
    }

    @Test
    void shouldRefuseADataFolderThatTheGuestMadeFirst() {
        assertThatThrownBy(guest.files()::makeDataFolder)
                .isInstanceOf(GuestThrownException.class)
                .hasMessageContaining("/data");
    }

    @Test
    void shouldStayPristineWhenOnlyLookedAt() {
        assertThat(guest.open("/none", 0)).isEqualTo(-Errno.ENOENT);
        assertThat(guest.call("__syscall_stat64", guest.text(1024, "/tmp"), 3000)).isZero();
        assertThat(guest.read(0, 100)).isZero();
        assertThat(guest.files().pristine()).isTrue();
        assertThat(guest.makeDirectory("/tmp/d")).isZero();
        assertThat(guest.files().pristine()).isFalse();
        guest.files().rollback();
        assertThat(guest.files().pristine()).isTrue();
        assertThat(guest.makeDirectory("/tmp/d")).isZero();
        guest.files().mark();
        assertThat(guest.files().pristine()).isTrue();
        guest.files().rollback();
        assertThat(guest.makeDirectory("/tmp/d")).isEqualTo(-Errno.EEXIST);
    }

    @Test
    void shouldUndoAWriteIntoAFileOfBefore() {
        long descriptor = guest.open("/tmp/f", NEW_FILE);
        guest.memory.write(8192, "before".getBytes(UTF_8));
        assertThat(guest.write(descriptor, 6)).isZero();
        guest.files().mark();
        guest.seek(descriptor, 0);
        guest.memory.write(8192, "after!".getBytes(UTF_8));
        assertThat(guest.write(descriptor, 6)).isZero();
        assertThat(guest.remove("/tmp/f")).isZero();
        guest.files().rollback();
        guest.seek(descriptor, 0);
        assertThat(guest.read(descriptor, 100)).isZero();
        assertThat(guest.memory.text(20_000)).isEqualTo("before");
    }

    @Test
    void shouldKeepFilesWithinTheirBytes() {
        long descriptor = guest.open("/tmp/f", NEW_FILE);
        assertThat(truncate(descriptor, 1L << 40)).isEqualTo(-Errno.ENOSPC);
        assertThat(guest.seek(descriptor, 1L << 52)).isZero();
        assertThat(guest.write(descriptor, 1)).isEqualTo(Errno.ENOSPC);
        assertThat(guest.seek(descriptor, GuestLimits.FILE_BYTES_MAX)).isZero();
        assertThat(guest.write(descriptor, 1)).isEqualTo(Errno.ENOSPC);
        long taken = GuestLimits.FILE_BYTES_MAX - MIB;
        assertThat(truncate(descriptor, taken)).isZero();
        long other = guest.open("/tmp/g", NEW_FILE | O_APPEND);
        assertThat(truncate(other, MIB)).isEqualTo(-Errno.ENOSPC);
        assertThat(truncate(other, MIB / 2)).isZero();
        // Within a file that is there, writing takes no room.
        assertThat(guest.seek(descriptor, taken - 100)).isZero();
        assertThat(guest.write(descriptor, 100)).isZero();
        // A removed file counts until it is closed.
        assertThat(guest.remove("/tmp/f")).isZero();
        assertThat(truncate(other, MIB)).isEqualTo(-Errno.ENOSPC);
        assertThat(guest.call("fd_close", descriptor)).isZero();
        assertThat(truncate(other, GuestLimits.FILE_BYTES_MAX - MIB)).isZero();
    }

    @Test
    void shouldReadZerosFromHolesAndAfterCutting() {
        long descriptor = guest.open("/tmp/f", NEW_FILE);
        guest.memory.write(8192, "x".repeat(20_000).getBytes(UTF_8));
        assertThat(guest.write(descriptor, 20_000)).isZero();
        assertThat(truncate(descriptor, 17_000)).isZero();
        assertThat(truncate(descriptor, 60 * MIB)).isZero();
        assertThat(guest.seek(descriptor, 16_999)).isZero();
        assertThat(guest.read(descriptor, 10_000)).isZero();
        assertThat(guest.done()).isEqualTo(10_000);
        byte[] read = guest.memory.read(20_000, 10_000);
        assertThat(read[0]).isEqualTo((byte) 'x');
        read[0] = 0;
        assertThat(read).containsOnly(0);
    }

    @Test
    void shouldKeepNodesWithinTheirNumber() {
        CallingGuest small = CallingGuest.of("v64");
        int made = 0;
        long answer = 0;
        while (answer == 0) {
            answer = small.makeDirectory("/tmp/" + made);
            made++;
        }
        assertThat(answer).isEqualTo(-Errno.ENOSPC);
        assertThat(made).isBetween(GuestLimits.FILE_NODES_MAX - 30, GuestLimits.FILE_NODES_MAX);
        assertThat(small.call("__syscall_rmdir", small.text(1024, "/tmp/0"))).isZero();
        assertThat(small.makeDirectory("/tmp/again")).isZero();
    }

    @Test
    void shouldCopyATreeAsDeepAsItCanBe() {
        // Each round hangs the chain of before below a new one.
        String below = "/a".repeat(500);
        for (int round = 0; round < 40; round++) {
            for (int depth = 1; depth <= 500; depth++) {
                assertThat(guest.makeDirectory("/tmp" + "/a".repeat(depth))).isZero();
            }
            if (round > 0) {
                assertThat(guest.rename("/tmp/chain", "/tmp" + below + "/a")).isZero();
            }
            assertThat(guest.rename("/tmp/a", "/tmp/chain")).isZero();
        }
        CallingGuest copy = guest.fork();
        assertThat(copy.rename("/tmp/chain", "/tmp/moved")).isZero();
        assertThat(guest.rename("/tmp/chain", "/tmp/moved")).isZero();
    }

    @Test
    void shouldRefusePathsThatAreTooLong() {
        String name = "n".repeat(GuestLimits.PATH_BYTES_MAX - 1);
        assertThat(guest.open("/" + name, NEW_FILE)).isEqualTo(3);
        assertThat(guest.open("/" + name + "n", NEW_FILE)).isEqualTo(-Errno.ENAMETOOLONG);
        assertThat(guest.makeDirectory("/d")).isZero();
        long directory = guest.open("/d", 0);
        guest.text(1024, name);
        assertThat(guest.call("__syscall_mkdirat", directory, 1024, 0777))
                .isEqualTo(-Errno.ENAMETOOLONG);
    }

    @Test
    void shouldEndWhenLinksGoInCircles() {
        assertThat(guest.rename("/dev/stdin", "/dev/tty")).isZero();
        assertThat(guest.open("/dev/stdout", 0)).isEqualTo(-Errno.ENOENT);
        assertThat(guest.call("__syscall_stat64", guest.text(1024, "/dev/tty"), 3000))
                .isEqualTo(-Errno.ELOOP);
    }

    @Test
    void shouldKnowThatTheDirectoryOfDescriptorsIsMounted() {
        assertThat(guest.rename("/proc/self/fd/1", "/tmp/x")).isEqualTo(-Errno.EXDEV);
        assertThat(guest.rename("/tmp/none", "/proc/self/fd/x")).isEqualTo(-Errno.EXDEV);
        assertThat(guest.rename("/proc/self/fd", "/tmp/fd")).isEqualTo(-Errno.EBUSY);
        assertThat(guest.makeDirectory("/tmp/d")).isZero();
        assertThat(guest.rename("/tmp/d", "/proc/self/fd")).isEqualTo(-Errno.EBUSY);
        assertThat(guest.call("__syscall_unlinkat", -100, guest.text(1024, "/proc/self/fd"), 0x200))
                .isEqualTo(-Errno.EBUSY);
    }

    @Test
    void shouldNotMoveADirectoryBelowItselfThroughALink() {
        assertThat(guest.remove("/dev/tty")).isZero();
        assertThat(guest.makeDirectory("/dev/tty")).isZero();
        assertThat(guest.rename("/dev/tty", "/dev/stdin/sub")).isEqualTo(-Errno.EINVAL);
        assertThat(guest.makeDirectory("/dev/tty/sub")).isZero();
        assertThat(guest.rename("/dev/tty", "/dev/stdin/sub/x")).isEqualTo(-Errno.EINVAL);
        assertThat(guest.open("/dev/stdin/sub", 0)).isEqualTo(3);
    }

    @Test
    void shouldKnowDevicesByNumberAndNotByName() {
        long descriptor = guest.open("/tmp/null", NEW_FILE);
        assertThat(guest.write(descriptor, 5)).isZero();
        assertThat(guest.call("fd_seek", descriptor, 0, 2, 700)).isZero();
        assertThat(guest.memory.i64(700)).isEqualTo(5);
        assertThat(guest.rename("/dev/null", "/tmp/hole")).isZero();
        long hole = guest.open("/tmp/hole", 1);
        long before = guest.clock.nextMs();
        assertThat(guest.write(hole, 5)).isZero();
        assertThat(guest.done()).isEqualTo(5);
        assertThat(guest.clock.nextMs()).isEqualTo(before);
        assertThat(guest.files().console().bytes()).isEmpty();
    }

    @Test
    void shouldKeepTheStartOfWhatIsPrinted() {
        guest.memory.write(8192, "hello\n".getBytes(UTF_8));
        assertThat(guest.write(1, 6)).isZero();
        for (int i = 0; i < 4; i++) {
            assertThat(guest.write(2, 10_000)).isZero();
        }
        GuestConsole console = guest.files().console();
        assertThat(console.bytes()).hasSize(GuestLimits.CONSOLE_BYTES_MAX);
        assertThat(new String(console.bytes(), UTF_8)).startsWith("hello\nhello\n");
        assertThat(console.droppedBytes()).isEqualTo(40_006 - GuestLimits.CONSOLE_BYTES_MAX);
        console.clear();
        console.write("text".getBytes(UTF_8));
        assertThat(new String(console.bytes(), UTF_8)).isEqualTo("text");
    }

    @Test
    void shouldBoundOneCall() {
        assertThat(guest.call("fd_write", 1, 4096, GuestLimits.IO_VECTORS_MAX + 1, 640))
                .isEqualTo(Errno.EINVAL);
        assertThat(CallingGuest.of("v1").call("fd_write", 1, 4096, 1 << 30, 640))
                .isEqualTo(Errno.EINVAL);
        long random = guest.open("/dev/urandom", 0);
        assertThat(guest.read(random, 1L << 60)).isZero();
        assertThat(guest.done()).isEqualTo(GuestLimits.RANDOM_BYTES_MAX);
    }

    @Test
    void shouldBoundDescriptorsOfEitherSign() {
        int made = 0;
        while (guest.call("__syscall_dup3", 1, -1L - made, 0) == -1L - made) {
            made++;
        }
        assertThat(made).isEqualTo(4097 - 3);
        assertThat(guest.call("__syscall_dup3", 1, 10, 0)).isEqualTo(-Errno.EMFILE);
        // One makes room for one.
        assertThat(guest.call("__syscall_dup3", 1, -5, 0)).isEqualTo(-5);
    }

    @Test
    void shouldRefuseAPositionBeyondWhatALongHolds() {
        long descriptor = guest.open("/tmp/f", NEW_FILE);
        long answer = 0;
        for (int i = 0; i < 1100 && answer == 0; i++) {
            answer = guest.call("fd_seek", descriptor, 1L << 53, 1, 700);
        }
        assertThat(answer).isEqualTo(Errno.EINVAL);
    }
}
