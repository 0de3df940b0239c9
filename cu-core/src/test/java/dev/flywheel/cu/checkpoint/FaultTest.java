package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whichever file operation of a write, with its deletions of older ones, goes wrong: the newest
 * checkpoint is the old one or the new one, and writing works again.
 */
class FaultTest {
    private static final Logger log = LoggerFactory.getLogger(FaultTest.class);

    /** The write that goes wrong is the fifth: a full one that pushes a whole chain out. */
    private static final RetentionPolicy POLICY = new RetentionPolicy(1, 3, 10_000, Map.of());

    @TempDir Path directory;

    private void clear() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!each.equals(directory)) {
                    Files.delete(each);
                }
            }
        }
    }

    private static Optional<byte[]> newest(CheckpointStore store) throws IOException {
        Optional<Checkpoint> found = store.newest(TestProcess.ORIGIN, Long.MAX_VALUE);
        return found.isEmpty() ? Optional.empty() : Optional.of(TestProcess.restored(found.get()));
    }

    private CheckpointStore open(CheckpointFiles files) throws IOException {
        return CheckpointStore.open(directory, files, POLICY, InstantSource.system());
    }

    @ParameterizedTest
    @EnumSource(FaultyFiles.Fault.class)
    void shouldHaveTheOldOrTheNewStateAfterEachOperation(FaultyFiles.Fault fault)
            throws IOException {
        // The first write of a process, a delta, and a full one with deletions.
        for (int before : new int[] {0, 1, 4}) {
            long operations = 0;
            int old = 0;
            for (long at = 0; ; at++) {
                clear();
                FaultyFiles files = new FaultyFiles(fault, at);
                CheckpointStore store = open(files);
                try (TestProcess process = new TestProcess(9, 1 << 20)) {
                    process.growTo(1 << 20);
                    for (int i = 0; i < before; i++) {
                        process.step(30);
                        process.write(store);
                    }
                    byte[] first = process.bytes();
                    process.step(200);
                    files.fail(at);
                    boolean wrote = write(process, store);
                    String what = "before=%d at=%d wrote=%s".formatted(before, at, wrote);
                    boolean gotThere = files.failed();
                    old +=
                            check(
                                    fault,
                                    process,
                                    store,
                                    files,
                                    before == 0 ? null : first,
                                    wrote,
                                    what);
                    if (!gotThere) {
                        operations = at;
                        break;
                    }
                }
            }
            log.info(
                    "fault={} writesBefore={} operations={} oldStateUsed={}",
                    fault,
                    before,
                    operations,
                    old);
            assertThat(operations).isGreaterThan(6);
        }
    }

    private static boolean write(TestProcess process, CheckpointStore store) {
        try {
            process.write(store);
            return true;
        } catch (IOException | FaultyFiles.KilledError e) {
            return false;
        }
    }

    /** Returns 1 when the old state is the one in use. */
    private int check(
            FaultyFiles.Fault fault,
            TestProcess process,
            CheckpointStore faulty,
            FaultyFiles files,
            byte @org.jspecify.annotations.Nullable [] old,
            boolean wrote,
            String what)
            throws IOException {
        files.heal();
        byte[] present = process.bytes();
        CheckpointStore store =
                fault == FaultyFiles.Fault.KILL ? open(CheckpointFiles.disk()) : faulty;
        byte[] found = newest(store).orElse(null);
        boolean isNew = Arrays.equals(found, present);
        assertThat(isNew || (!wrote && Arrays.equals(found, old))).as(what).isTrue();
        // Opened anew, the same; and no draft is left.
        CheckpointStore again = open(CheckpointFiles.disk());
        assertThat(newest(again).orElse(null)).as(what).isEqualTo(found);
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(each -> each.toString().endsWith(".tmp"))).as(what).isEmpty();
        }
        assertThat(again.bytes()).as(what).isEqualTo(store.bytes());
        // Writing goes on; the changes of the failed write are in it.
        if (fault == FaultyFiles.Fault.KILL) {
            process.last = store.newest(TestProcess.ORIGIN, Long.MAX_VALUE).orElse(null);
            process.changed.add(0, process.memory().byteSize());
        }
        process.step(10);
        process.write(store);
        assertThat(newest(store)).as(what).hasValue(process.bytes());
        assertThat(newest(open(CheckpointFiles.disk()))).as(what).hasValue(process.bytes());
        return isNew ? 0 : 1;
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyFiles.Fault.class,
            names = {"IO_ERROR", "KILL"})
    void shouldNeverRestoreAWrongStateWhenReadingGoesWrong(FaultyFiles.Fault fault)
            throws IOException {
        try (TestProcess process = new TestProcess(9, 1 << 20)) {
            process.growTo(1 << 20);
            CheckpointStore store = open(CheckpointFiles.disk());
            process.step(30);
            process.write(store);
            byte[] first = process.bytes();
            process.step(30);
            process.write(store);
            int failures = 0;
            for (long at = 0; ; at++) {
                FaultyFiles files = new FaultyFiles(fault, at);
                CheckpointStore reading = open(files);
                files.fail(at);
                try {
                    byte[] found = newest(reading).orElse(null);
                    if (!files.failed()) {
                        assertThat(found).isEqualTo(process.bytes());
                        break;
                    }
                    assertThat(
                                    found == null
                                            || Arrays.equals(found, first)
                                            || Arrays.equals(found, process.bytes()))
                            .isTrue();
                } catch (IOException | FaultyFiles.KilledError e) {
                    failures++;
                }
            }
            assertThat(failures).isPositive();
        }
    }
}
