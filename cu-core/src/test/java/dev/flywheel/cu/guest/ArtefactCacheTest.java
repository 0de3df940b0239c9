package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtefactCacheTest {
    private static final byte[] CONTENT = "native code".getBytes(UTF_8);

    @TempDir Path directory;
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");

    private ArtefactCache cache(byte[] key, long bytesMax) {
        return cache(key, bytesMax, 100);
    }

    private ArtefactCache cache(byte[] key, long bytesMax, int filesMax) {
        var bounds = new ArtefactCache.Bounds(".artefact", bytesMax, filesMax);
        return new ArtefactCache(directory, key, bounds, () -> now);
    }

    /** The content of an entry, which the cache's users read from its file. */
    private static byte @Nullable [] content(ArtefactCache cache, String name) throws IOException {
        ArtefactCache.Kept kept = cache.load(name);
        if (kept == null) {
            return null;
        }
        byte[] content = Arrays.copyOf(Files.readAllBytes(kept.file()), (int) kept.contentBytes());
        assertThat(content).endsWith(kept.end());
        return content;
    }

    private ArtefactCache cache() {
        return cache(GuestBench.KEY, 1 << 20);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void shouldGiveBackWhatWasStoredAndNothingElse() throws IOException {
        cache().store("a", CONTENT);
        assertThat(content(cache(), "a")).isEqualTo(CONTENT);
        assertThat(cache().load("b")).isNull();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldIgnoreEveryDamageAndEveryTruncation() throws IOException {
        cache().store("a", CONTENT);
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThat(cache().load("a")).as("byte %d", i).isNull();
            Files.write(file, Arrays.copyOf(whole, i));
            assertThat(cache().load("a")).as("cut to %d", i).isNull();
        }
        Files.write(file, whole);
        assertThat(content(cache(), "a")).isEqualTo(CONTENT);
    }

    @Test
    void shouldIgnoreAnotherNodesEntryAndOneUnderAnotherName() throws IOException {
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        cache(otherKey, 1 << 20).store("a", CONTENT);
        assertThat(cache().load("a")).isNull();
        cache().store("a", CONTENT);
        Path a = files().get(0);
        cache().store("b", CONTENT);
        Path b = files().stream().filter(file -> !file.equals(a)).findFirst().orElseThrow();
        Files.write(b, Files.readAllBytes(a));
        assertThat(cache().load("b")).isNull();
        assertThat(content(cache(), "a")).isEqualTo(CONTENT);
    }

    @Test
    void shouldRemoveWhatWasNotUsedForTheLongestTimeWhenFull() throws IOException {
        byte[] content = new byte[1000];
        ArtefactCache cache = cache(GuestBench.KEY, 3300);
        for (String name : List.of("a", "b", "c")) {
            now = now.plusSeconds(1);
            cache.store(name, content);
            assertThat(cache.load(name)).isNotNull(); // sets the time of its last use
        }
        now = now.plusSeconds(1);
        assertThat(cache.load("a")).isNotNull();
        now = now.plusSeconds(1);
        cache.store("d", content);
        assertThat(cache.load("b")).isNull();
        assertThat(cache.load("a")).isNotNull();
        assertThat(cache.load("c")).isNotNull();
        assertThat(cache.load("d")).isNotNull();
        cache.store("e", new byte[3300]);
        assertThat(cache.load("e")).isNull();
        assertThat(files()).hasSize(3);
    }

    @Test
    void shouldReadTheEndOfAnEntryOfAnySize() throws IOException {
        for (int size : new int[] {0, 1, 65_000, 65_535, 65_536, 65_537, 200_000}) {
            byte[] content = new byte[size];
            new java.util.Random(size).nextBytes(content);
            cache().store("a", content);
            assertThat(content(cache(), "a")).as("size=%d", size).isEqualTo(content);
        }
    }

    @Test
    void shouldKeepNoMoreEntriesThanAllowed() throws IOException {
        ArtefactCache cache = cache(GuestBench.KEY, 1 << 20, 2);
        for (String name : List.of("a", "b", "c")) {
            now = now.plusSeconds(1);
            cache.store(name, CONTENT);
            assertThat(cache.load(name)).isNotNull();
        }
        assertThat(cache.load("a")).isNull();
        assertThat(files()).hasSize(2);
        cache.remove("b");
        cache.remove("b");
        assertThat(cache.load("b")).isNull();
        assertThat(cache.load("c")).isNotNull();
    }

    @Test
    void shouldRunAModuleFromItsArtefactAndMakeADamagedOneAgain() throws Exception {
        assertThat(runsEcho(GuestBench.KEY)).isTrue();
        Path file = files().get(0);
        byte[] made = Files.readAllBytes(file);
        assertThat(runsEcho(GuestBench.KEY)).isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(made);
        byte[] damaged = made.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);
        assertThat(runsEcho(GuestBench.KEY)).isTrue();
        assertThat(Files.readAllBytes(file)).isNotEqualTo(damaged);
        // Another node's key: not trusted, made again under the new one.
        byte[] otherKey = new byte[32];
        Arrays.fill(otherKey, (byte) 7);
        byte[] before = Files.readAllBytes(file);
        assertThat(runsEcho(otherKey)).isTrue();
        assertThat(Files.readAllBytes(file)).isNotEqualTo(before);
        assertThat(files()).containsExactly(file);
    }

    private boolean runsEcho(byte[] key) throws Exception {
        try (GuestBench bench = new GuestBench(GuestEngineOptions.defaults(directory, key));
                GuestModule module = bench.module("echo", 64)) {
            return bench.call(
                    () -> {
                        try (GuestProcess process =
                                module.newProcess(GuestProcessOptions.of(PROCESS))) {
                            return process.evaluate(
                                                    message("Say", "x"),
                                                    ENVIRONMENT,
                                                    EvaluationLimits.DEFAULTS)
                                            .kind()
                                    == Evaluation.Kind.OK;
                        }
                    });
        }
    }
}
