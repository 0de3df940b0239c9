package dev.flywheel.platform.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir Path temporary;

    @Test
    void shouldMakeItPrivateAndLockIt() throws Exception {
        Path directory = temporary.resolve("data");
        try (DataDirectory data = DataDirectory.lock(directory)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
            assertThat(data.directory("su")).isDirectory();
            assertThatThrownBy(() -> DataDirectory.lock(directory))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining(
                            "held by another node (process " + ProcessHandle.current().pid() + ")");
        }
        DataDirectory.lock(directory).close();
    }

    @Test
    void shouldSayThatItCannotBeWritten() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        assertThatThrownBy(() -> DataDirectory.lock(file.resolve("below")))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("--data");
    }

    @Test
    void shouldReplaceFilesWholeAndPrivate() throws Exception {
        Path file = temporary.resolve("key");
        PrivateFiles.replace(file, new byte[] {1});
        PrivateFiles.replace(file, new byte[] {2, 3});
        assertThat(Files.readAllBytes(file)).containsExactly(2, 3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).hasSize(1);
        }
    }
}
