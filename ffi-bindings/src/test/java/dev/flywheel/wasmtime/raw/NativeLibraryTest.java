package dev.flywheel.wasmtime.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    @TempDir Path folder;

    @Test
    void shouldKnowTheVersionOfTheLoadedLibrary() {
        assertThat(NativeLibrary.load().version()).matches("(50|48)\\.0\\.\\d+");
    }

    @Test
    void shouldTakeAnOwnLibraryWhoseVersionIsKnown() {
        Path own = NativeLibrary.load().path();
        NativeLibrary loaded = NativeLibrary.load(Map.of("FLYWHEEL_WASMTIME", own.toString()));
        assertThat(loaded.version()).isEqualTo(NativeLibrary.load().version());
        assertThat(loaded.symbols().find("wasm_engine_new_with_config")).isPresent();
    }

    @Test
    void shouldRefuseAnOwnLibraryOfAnUnknownRelease() throws IOException {
        Path own = file("... resolve_vmctx_memory_ptr_49_0_4 ...");
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("FLYWHEEL_WASMTIME", own.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("Wasmtime 49.0.4")
                .hasMessageContaining("make native");
    }

    @Test
    void shouldRefuseAnOwnLibraryThatDoesNotSayWhatItIs() throws IOException {
        Path own = file("no library");
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("FLYWHEEL_WASMTIME", own.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("does not say which Wasmtime");
    }

    @Test
    void shouldRefuseAnOwnLibraryThatIsMissing() {
        Path own = folder.resolve("missing.so");
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("FLYWHEEL_WASMTIME", own.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void shouldRefuseAFileThatStatesAKnownReleaseAndIsNoLibrary() throws IOException {
        Path own = file("resolve_vmctx_memory_ptr_50_0_0");
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("FLYWHEEL_WASMTIME", own.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("cannot be loaded");
    }

    @Test
    void shouldNameThePinnedPlatformsOnAnotherOne() {
        assertThatThrownBy(() -> NativeLibrary.load(Map.of(), "Windows 11", "amd64"))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("platform=Windows 11-x86_64")
                .hasMessageContaining("pinned=linux-x86_64,linux-aarch64,macos-aarch64")
                .hasMessageContaining("FLYWHEEL_WASMTIME");
    }

    @Test
    void shouldLookForEachPinnedPlatformsOwnFile() {
        Map<String, String> empty = Map.of("XDG_CACHE_HOME", folder.toString());
        assertThatThrownBy(() -> NativeLibrary.load(empty, "Mac OS X", "aarch64"))
                .hasMessageContaining("-macos-aarch64/libwasmtime.dylib");
        assertThatThrownBy(() -> NativeLibrary.load(empty, "Linux", "aarch64"))
                .hasMessageContaining("-linux-aarch64/libwasmtime.so");
    }

    @Test
    void shouldSayWhatToDoWhenThereIsNoLibrary() {
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("XDG_CACHE_HOME", folder.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("make native")
                .hasMessageContaining("FLYWHEEL_WASMTIME");
    }

    @Test
    void shouldRefuseACachedLibraryThatWasChanged() throws IOException {
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("XDG_CACHE_HOME", folder.toString())))
                .hasMessageContaining("path=" + folder);
        Path cached = cachedPath();
        Files.createDirectories(cached.getParent());
        Files.writeString(cached, "something else");
        assertThatThrownBy(() -> NativeLibrary.load(Map.of("XDG_CACHE_HOME", folder.toString())))
                .isInstanceOf(LibraryUnusableException.class)
                .hasMessageContaining("is not the pinned one");
    }

    /** Where the library is looked for, as the refusal says it. */
    private Path cachedPath() {
        try {
            NativeLibrary.load(Map.of("XDG_CACHE_HOME", folder.toString()));
            throw new AssertionError("loaded from an empty cache");
        } catch (LibraryUnusableException e) {
            String path =
                    Stream.of(String.valueOf(e.getMessage()).split(" "))
                            .filter(word -> word.startsWith("path="))
                            .findFirst()
                            .orElseThrow();
            return Path.of(path.substring("path=".length(), path.length() - 1));
        }
    }

    private Path file(String text) throws IOException {
        return Files.write(folder.resolve("own.so"), text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
