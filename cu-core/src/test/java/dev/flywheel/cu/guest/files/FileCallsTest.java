package dev.flywheel.cu.guest.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.host.GuestThrownException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileCallsTest {
    private static final List<RecordedCalls> SESSIONS =
            RecordedCalls.sessions(FileCallsTest.class, "calls.jsonl.gz");

    @Test
    void shouldAnswerAsTheReferenceInEveryFamily() {
        for (RecordedCalls session : SESSIONS) {
            CallingGuest guest = CallingGuest.of(session.family());
            session.replay(guest, 0, session.count());
            if (guest.tree != null) {
                session.checkConsole(guest.files().console());
            }
        }
        assertThat(SESSIONS.stream().map(RecordedCalls::family).distinct())
                .containsExactly("v1", "v2", "v4", "v64");
    }

    @Test
    void shouldAnswerTheSameAgainAfterRollback() {
        int step = 37;
        for (RecordedCalls session : withFiles()) {
            CallingGuest guest = CallingGuest.of(session.family());
            for (int from = 0; from < session.count(); from += step) {
                int to = Math.min(session.count(), from + step);
                guest.files().mark();
                CallingGuest.Kept kept = guest.keep();
                session.replay(guest, from, to);
                guest.files().rollback();
                guest.restore(kept);
                session.replay(guest, from, to);
            }
        }
    }

    @Test
    void shouldGoOnAsTheOriginalWouldInACopy() {
        int step = 53;
        for (RecordedCalls session : withFiles()) {
            CallingGuest guest = CallingGuest.of(session.family());
            for (int from = 0; from < session.count(); from += step) {
                int to = Math.min(session.count(), from + step);
                CallingGuest copy = guest.fork();
                session.replay(copy, from, to);
                session.replay(guest, from, to);
            }
        }
    }

    private static List<RecordedCalls> withFiles() {
        return SESSIONS.stream().filter(session -> !session.family().equals("v1")).toList();
    }

    @Test
    void shouldHaveEveryFileImportOfTheRealModules() {
        CallingGuest guest = CallingGuest.of("v64");
        for (String name :
                List.of(
                        "__syscall_openat",
                        "__syscall_stat64",
                        "__syscall_lstat64",
                        "__syscall_fstat64",
                        "__syscall_newfstatat",
                        "__syscall_fcntl64",
                        "__syscall_ioctl",
                        "__syscall_dup3",
                        "__syscall_unlinkat",
                        "__syscall_rmdir",
                        "__syscall_renameat",
                        "__syscall_mkdirat",
                        "__syscall_faccessat",
                        "__syscall_readlinkat",
                        "__syscall_getcwd",
                        "__syscall_chmod",
                        "__syscall_fchmod",
                        "__syscall_fchown32",
                        "__syscall_utimensat",
                        "__syscall_ftruncate64",
                        "fd_close",
                        "fd_read",
                        "fd_write",
                        "fd_seek",
                        "fd_sync",
                        "fd_fdstat_get")) {
            assertThat(guest.imports(name)).as(name).isTrue();
        }
    }

    @Test
    void shouldDescribeTheTerminalOnStandardOutputOnly() {
        CallingGuest guest = CallingGuest.of("v64");
        guest.memory.putI64(512, 600);
        assertThat(guest.call("__syscall_ioctl", 1, 21523, 512)).isZero();
        assertThat(guest.memory.i32(600)).isEqualTo(80 << 16 | 24);
        assertThat(guest.call("__syscall_ioctl", 1, 21505, 512)).isZero();
        assertThat(guest.memory.i32(600)).isEqualTo(25_856);
        assertThat(guest.memory.i32(612)).isEqualTo(35_387);
        assertThat(guest.memory.read(617, 5)).containsExactly(3, 28, 127, 21, 4);
        guest.memory.putI32(600, 7);
        assertThat(guest.call("__syscall_ioctl", 2, 21523, 512)).isZero();
        assertThat(guest.memory.i32(600)).isEqualTo(7);
        assertThat(guest.call("__syscall_ioctl", 2, 21519, 512)).isZero();
        assertThat(guest.memory.i32(600)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "v64, unknown flags in __syscall_newfstatat: 512",
        "v4, unknown flags in __syscall_newfstatat: 512",
        "v2, 512"
    })
    void shouldAbortOnFlagsThatTheReferenceAssertsAway(String family, String text) {
        CallingGuest guest = CallingGuest.of(family);
        guest.memory.write(512, "/tmp\0".getBytes(UTF_8));
        assertThat(guest.call("__syscall_newfstatat", -100, 512, 600, 256)).isZero();
        assertThatThrownBy(() -> guest.call("__syscall_newfstatat", -100, 512, 600, 256 | 512))
                .isInstanceOf(GuestThrownException.class)
                .hasMessage("Aborted(Assertion failed: " + text + ")");
        assertThat(guest.call("__syscall_faccessat", -100, 512, 4, 0)).isZero();
        assertThatThrownBy(() -> guest.call("__syscall_faccessat", -100, 512, 8, 1))
                .hasMessage("Aborted(Assertion failed)");
        assertThat(guest.call("__syscall_dup3", 1, 7, 0)).isEqualTo(7);
        assertThatThrownBy(() -> guest.call("__syscall_dup3", 1, 1, 1))
                .hasMessage("Aborted(Assertion failed)");
    }

    @Test
    void shouldDropAPieceBeyondMemoryOfAnUnsignedPointer() {
        CallingGuest guest = CallingGuest.of("v64");
        long descriptor = guest.open("/dev/urandom", 0);
        guest.memory.putI64(4096, -4);
        guest.memory.putI64(4104, 16);
        long before = guest.memory.i64(0);
        assertThat(guest.call("fd_read", descriptor, 4096, 1, 640)).isZero();
        assertThat(guest.memory.i64(0)).isEqualTo(before);
        assertThat(guest.done()).isEqualTo(16);
    }
}
