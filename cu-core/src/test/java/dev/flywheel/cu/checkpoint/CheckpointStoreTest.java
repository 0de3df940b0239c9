package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was written is found again, and older things go as the policy says. */
class CheckpointStoreTest {
    @TempDir Path directory;

    private CheckpointStore open(RetentionPolicy policy) throws IOException {
        return CheckpointStore.open(directory, policy);
    }

    private static Checkpoint newest(CheckpointStore store, long nonce) {
        return store.newest(TestProcess.ORIGIN, nonce).orElseThrow();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveBackEachStateOfChainsOfDeltas(long seed) throws IOException {
        CheckpointStore store = open(new RetentionPolicy(100, 5, 300, Map.of()));
        List<byte[]> memories = new ArrayList<>();
        List<Map<String, Long>> globals = new ArrayList<>();
        int deltas = 0;
        try (TestProcess process = new TestProcess(seed, 16L << 20)) {
            process.growTo(TestProcess.UNIT * 4L);
            for (int i = 0; i < 40; i++) {
                if (process.random.nextInt(4) == 0) {
                    process.growTo(
                            process.memory().byteSize()
                                    + (long) TestProcess.UNIT * process.random.nextInt(6));
                }
                process.step(process.random.nextInt(40));
                deltas += process.write(store).manifest().link().depth() > 0 ? 1 : 0;
                memories.add(process.bytes());
                globals.add(new LinkedHashMap<>(process.globals));
            }
        }
        assertThat(deltas).isGreaterThan(20);
        CheckpointStore again = open(RetentionPolicy.defaults());
        assertThat(again.bytes()).isEqualTo(store.bytes()).isPositive();
        assertThat(again.bytes(TestProcess.ORIGIN.process())).isEqualTo(store.bytes());
        for (int i = 0; i < memories.size(); i++) {
            Checkpoint found = newest(again, i + 1);
            assertThat(found.manifest().place().nonce()).isEqualTo(i + 1);
            assertThat(found.manifest().globals()).isEqualTo(globals.get(i));
            assertThat(TestProcess.restored(found))
                    .as("seed=%d nonce=%d", seed, i + 1)
                    .isEqualTo(memories.get(i));
        }
        assertThat(again.newest(TestProcess.ORIGIN, 0)).isEmpty();
    }

    @Test
    void shouldGoOnWithDeltasAfterARestore() throws IOException {
        try (TestProcess process = new TestProcess(1, 1 << 20);
                Mapping second = Mapping.reserve(1 << 20)) {
            process.growTo(1 << 20);
            process.step(50);
            process.write(open(RetentionPolicy.defaults()));
            CheckpointStore store = open(RetentionPolicy.defaults());
            Checkpoint found = newest(store, Long.MAX_VALUE);
            StateTree tree = found.restoreInto(second.segment());
            second.segment().set(ValueLayout.JAVA_BYTE, 70_000, (byte) 42);
            PageSet changed = new PageSet();
            changed.add(70_000, 1);
            tree.update(second.segment(), changed);
            Checkpoint delta =
                    store.write(
                            TestProcess.state(9, process.globals),
                            new MemoryPicture(second.segment(), tree, changed),
                            found);
            assertThat(delta.manifest().link().depth()).isEqualTo(1);
            assertThat(TestProcess.restored(newest(store, 9)))
                    .isEqualTo(second.segment().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void shouldKeepSeveralOfOneNonceApart() throws IOException {
        CheckpointStore store = open(RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(5);
            process.write(store);
            process.step(5);
            process.nonce--; // cron messages after the same entry
            process.write(store);
            assertThat(files()).containsExactly("1-0.checkpoint", "1-1.checkpoint");
            assertThat(TestProcess.restored(newest(store, 1))).isEqualTo(process.bytes());
        }
    }

    @Test
    void shouldMakeAFullOneWhenDeltasOutweighTheirBase() throws IOException {
        CheckpointStore store = open(new RetentionPolicy(9, 64, 100, Map.of()));
        List<Integer> depths = new ArrayList<>();
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(300);
            for (int i = 0; i < 12; i++) {
                depths.add(process.write(store).manifest().link().depth());
                process.step(60);
            }
        }
        assertThat(depths).startsWith(0, 1, 2).containsOnlyOnce(4).contains(0);
        assertThat(depths.lastIndexOf(0)).isGreaterThan(3);
    }

    @Test
    void shouldKeepTheNewestChainsAndWhatIsNamed() throws IOException {
        CheckpointName named = new CheckpointName(5, 0);
        RetentionPolicy policy =
                new RetentionPolicy(
                        2, 2, 1_000, Map.of(TestProcess.ORIGIN.process(), Set.of(named)));
        CheckpointStore store = open(policy);
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            for (int i = 0; i < 16; i++) {
                process.step(20);
                process.write(store);
            }
            // Full ones at 1, 4, 7, 10, 13, 16; 5 needs 4.
            assertThat(files())
                    .containsExactlyInAnyOrder(
                            "4-0.checkpoint",
                            "5-0.checkpoint",
                            "13-0.checkpoint",
                            "14-0.checkpoint",
                            "15-0.checkpoint",
                            "16-0.checkpoint");
            assertThat(newest(store, 9).manifest().name()).isEqualTo(named);
            assertThat(store.bytes()).isEqualTo(open(policy).bytes());
            store.setPolicy(new RetentionPolicy(1, 0, 0, Map.of()));
            process.step(1);
            process.write(store);
            assertThat(files()).containsExactly("17-0.checkpoint");
            store.delete(TestProcess.ORIGIN.process());
            assertThat(files()).isEmpty();
            assertThat(store.bytes()).isZero();
        }
    }

    @Test
    void shouldRemoveWhatAKilledWriteLeft() throws IOException {
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(1);
            Checkpoint written = process.write(open(RetentionPolicy.defaults()));
            Path left = written.file().resolveSibling("2-0.checkpoint.tmp");
            Files.write(left, new byte[100]);
            assertThat(open(RetentionPolicy.defaults()).bytes()).isEqualTo(written.sizes().bytes());
            assertThat(left).doesNotExist();
        }
    }

    @Test
    void shouldRefuseRenamedAndForeignFiles() throws IOException {
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(10);
            CheckpointStore store = open(RetentionPolicy.defaults());
            Path first = process.write(store).file();
            process.step(10);
            Path second = process.write(store).file();
            Files.copy(second, first.resolveSibling("7-0.checkpoint"));
            Files.copy(first, first.resolveSibling("8-0.checkpoint"));
            assertThat(newest(open(RetentionPolicy.defaults()), 99).manifest().name().nonce())
                    .isEqualTo(2);
            CheckpointOrigin other = TestProcess.origin("other");
            Path foreign = CheckpointName.directory(directory, other.process());
            Files.createDirectories(foreign);
            Files.copy(first, foreign.resolve(first.getFileName()));
            assertThat(open(RetentionPolicy.defaults()).newest(other, 99)).isEmpty();
            CheckpointOrigin of = TestProcess.ORIGIN;
            for (CheckpointOrigin changed :
                    List.of(
                            new CheckpointOrigin(
                                    of.process(), other.process(), of.moduleFormat(), of.passes()),
                            new CheckpointOrigin(of.process(), of.module(), "other", of.passes()),
                            new CheckpointOrigin(
                                    of.process(), of.module(), of.moduleFormat(), "other"))) {
                assertThat(open(RetentionPolicy.defaults()).newest(changed, 99)).isEmpty();
            }
        }
    }

    @Test
    void shouldPassOverADamagedBaseWithAllThatBuildsUponIt() throws IOException {
        CheckpointStore store = open(new RetentionPolicy(3, 2, 1_000, Map.of()));
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            byte[] third = {};
            for (int i = 0; i < 6; i++) {
                process.step(20);
                Path file = process.write(store).file();
                third = i == 2 ? process.bytes() : third;
                if (i == 3) {
                    DamageTest.flip(file, Files.size(file) / 2, 1);
                }
            }
            Checkpoint found = newest(open(RetentionPolicy.defaults()), 99);
            assertThat(found.manifest().name().nonce()).isEqualTo(3);
            assertThat(TestProcess.restored(found)).isEqualTo(third);
            // What is written after such a fall survives, and so does what it builds upon.
            CheckpointStore again = open(new RetentionPolicy(1, 9, 1_000, Map.of()));
            process.last = newest(again, 99);
            process.changed.add(0, process.memory().byteSize());
            process.nonce = 3;
            process.step(1);
            assertThat(process.write(again).manifest().link().depth()).isEqualTo(3);
            assertThat(TestProcess.restored(newest(again, 4))).isEqualTo(process.bytes());
        }
    }

    @Test
    void shouldNotGiveWhatWasRefused() throws IOException {
        CheckpointStore store = open(RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(20);
            process.write(store);
            process.step(2);
            store.refuse(process.write(store));
            assertThat(newest(store, 99).manifest().name().nonce()).isEqualTo(1);
            process.step(2);
            assertThat(process.write(store).manifest().isFull()).isTrue();
        }
    }

    @Test
    void shouldSayWhenTheTargetMustBeDiscardedAndGiveTheOneBefore() throws IOException {
        CheckpointStore store = open(RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(20);
            process.write(store);
            process.step(2);
            process.write(store);
            Checkpoint found = newest(store, 99);
            DamageTest.flip(found.file(), 20, 1);
            assertThatThrownBy(() -> TestProcess.restored(found))
                    .isInstanceOf(CheckpointDamagedException.class)
                    .hasMessageContaining(found.file() + " offset=16");
            assertThat(newest(store, 99).manifest().name().nonce()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToWriteWhatDoesNotGoOn() throws IOException {
        CheckpointStore store = open(RetentionPolicy.defaults());
        try (TestProcess process = new TestProcess(1, 1 << 20)) {
            process.growTo(1 << 20);
            process.step(20);
            process.write(store);
            process.nonce = 0;
            assertThatThrownBy(() -> process.write(store))
                    .isInstanceOf(IllegalArgumentException.class);
            // A page that nobody reported is noticed by the next full one.
            process.memory().asSlice(8 * TestProcess.PAGE, TestProcess.PAGE).fill((byte) 3);
            process.tree.update(process.memory(), PageSet.all(process.memory()));
            process.memory().asSlice(8 * TestProcess.PAGE, TestProcess.PAGE).fill((byte) 4);
            process.nonce = 5;
            process.last = null;
            assertThatThrownBy(() -> process.write(store))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("page=8");
            assertThat(files()).containsExactly("1-0.checkpoint");
        }
    }

    @Test
    void shouldBoundPolicies() {
        assertThatThrownBy(() -> new RetentionPolicy(0, 1, 1, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetentionPolicy(1, 65, 1, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetentionPolicy(1, 1, -1, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(RetentionPolicy.defaults().chainsKept()).isEqualTo(2);
    }
}
