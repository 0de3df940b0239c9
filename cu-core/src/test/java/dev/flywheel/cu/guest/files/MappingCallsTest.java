package dev.flywheel.cu.guest.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.GuestLimits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mapped files of a guest whose memory is three times our heap. A guest chooses every number here:
 * none of them may take the heap, or long.
 */
@Timeout(60)
class MappingCallsTest {
    private static final long GIB = 1L << 30;
    private static final long MEMORY_BYTES = 3 * GIB;
    private static final long AT = 1L << 20;
    private static final int O_RDWR_CREAT = 2 | 0100;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final long PIECE = GuestLimits.MAPPED_BYTES_AT_ONCE;

    @TempDir Path directory;
    private MemorySegment memory;

    /** A file of holes: what is not written of it lies nowhere. */
    @BeforeEach
    void open() throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve("memory"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            memory = file.map(MapMode.PRIVATE, 0, MEMORY_BYTES, Arena.ofAuto());
        }
    }

    private CallingGuest guest(String family) {
        return guest(family, MEMORY_BYTES);
    }

    /** What is mapped is set to zero first: a smaller memory is enough to see what follows. */
    private CallingGuest guest(String family, long memoryBytes) {
        CallingGuest guest = CallingGuest.of(family);
        guest.memory.bind(memory.asSlice(0, memoryBytes));
        guest.aligned = AT;
        return guest;
    }

    private static long map(CallingGuest guest, long length, long descriptor, long offset) {
        return guest.call(
                "_mmap_js",
                length,
                PROT_READ | PROT_WRITE,
                MAP_SHARED,
                descriptor,
                offset,
                offset >> 32,
                512,
                520);
    }

    private static long unmap(
            CallingGuest guest, long from, long length, long descriptor, long offset) {
        return guest.call(
                "_munmap_js",
                from,
                length,
                PROT_READ | PROT_WRITE,
                MAP_SHARED,
                descriptor,
                offset,
                offset >> 32);
    }

    private static long length(CallingGuest guest, long descriptor) {
        return guest.files().stream((int) descriptor).node.content.length();
    }

    @ParameterizedTest
    @CsvSource({"v64, 3221225472", "v64, 1099511627776", "v64, 9223372036854775807", "v4, -1"})
    void shouldStopAtTheLimitOfFilesHoweverMuchIsWrittenBack(String family, long length) {
        CallingGuest guest = guest(family);
        long descriptor = guest.open("/tmp/f", O_RDWR_CREAT);
        assertThat(unmap(guest, 0, length, descriptor, 0)).isEqualTo(-Errno.ENOSPC);
        assertThat(length(guest, descriptor))
                .isBetween(GuestLimits.FILE_BYTES_MAX - PIECE, GuestLimits.FILE_BYTES_MAX);
    }

    @Test
    void shouldWriteBackEveryPieceAndOnlyWhatLiesInMemory() {
        CallingGuest guest = guest("v64");
        long descriptor = guest.open("/tmp/f", O_RDWR_CREAT);
        long there = 2 * PIECE + 5;
        long from = MEMORY_BYTES - there;
        for (long at : List.of(0L, PIECE - 2, PIECE, 2 * PIECE, there - 1)) {
            memory.set(ValueLayout.JAVA_BYTE, from + at, (byte) 'x');
        }
        assertThat(unmap(guest, from, 2 * GIB, descriptor, 3)).isZero();
        assertThat(length(guest, descriptor)).isEqualTo(3 + there);
        FileContent content = guest.files().stream((int) descriptor).node.content;
        for (long at : List.of(0L, PIECE - 2, PIECE, 2 * PIECE, there - 1)) {
            assertThat(content.read(3 + at, 1)).as("at=%d", at).containsExactly('x');
            assertThat(content.read(3 + at + 1, 1)).doesNotContain('x');
        }
        assertThat(unmap(guest, MEMORY_BYTES, 2 * GIB, descriptor, 0)).isZero();
        assertThat(unmap(guest, -GIB, 2 * GIB, descriptor, 0)).isZero();
        assertThat(length(guest, descriptor)).isEqualTo(3 + there);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 3 * GIB, 1L << 40, Long.MAX_VALUE, -1})
    void shouldMapOnlyWhatTheFileHas(long length) {
        CallingGuest guest = guest("v64", 4 * PIECE);
        long descriptor = written(guest, "abcdef");
        assertThat(map(guest, length, descriptor, 1)).isZero();
        assertThat(guest.memory.i32(512)).isEqualTo(1);
        assertThat(guest.memory.i64(520)).isEqualTo(AT);
        assertThat(guest.memory.cString(AT)).isEqualTo((length < 0 ? "" : "bcdef").getBytes(UTF_8));
        assertThat(map(guest, length, descriptor, GIB)).isZero();
    }

    @Test
    void shouldMapEveryPieceOfALargeFile() {
        CallingGuest guest = guest("v64", GuestLimits.FILE_BYTES_MAX + PIECE);
        long descriptor = written(guest, "abc");
        long size = GuestLimits.FILE_BYTES_MAX - PIECE / 2; // the names of files have the rest
        assertThat(guest.call("__syscall_ftruncate64", descriptor, size)).isZero();
        guest.files().writeAt(stream(guest, descriptor), PIECE - 1, "de".getBytes(UTF_8));
        guest.files().writeAt(stream(guest, descriptor), size - 1, "f".getBytes(UTF_8));
        assertThat(map(guest, 2 * GIB, descriptor, 0)).isZero();
        assertThat(guest.memory.cString(AT)).isEqualTo("abc".getBytes(UTF_8));
        assertThat(guest.memory.cString(AT + PIECE - 1)).isEqualTo("de".getBytes(UTF_8));
        assertThat(guest.memory.cString(AT + size - 1)).isEqualTo("f".getBytes(UTF_8));
    }

    @Test
    void shouldRefuseNegativeAndUnsafeOffsets() {
        CallingGuest guest = guest("v64", 4 * PIECE);
        long descriptor = written(guest, "abcdef");
        assertThat(map(guest, 6, descriptor, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(map(guest, 6, descriptor, -(1L << 53))).isEqualTo(-Errno.EINVAL);
        assertThat(map(guest, 6, descriptor, 1L << 62)).isEqualTo(Errno.EOVERFLOW);
        for (long offset : List.of(-1L, -(1L << 53), 1L << 62, Long.MIN_VALUE)) {
            assertThat(unmap(guest, AT, 6, descriptor, offset)).isEqualTo(-Errno.ENOSPC);
        }
        assertThat(length(guest, descriptor)).isEqualTo(6);
    }

    private static OpenStream stream(CallingGuest guest, long descriptor) {
        return guest.files().stream((int) descriptor);
    }

    private static long written(CallingGuest guest, String text) {
        long descriptor = guest.open("/tmp/f", O_RDWR_CREAT);
        guest.files().writeAt(stream(guest, descriptor), 0, text.getBytes(UTF_8));
        return descriptor;
    }
}
