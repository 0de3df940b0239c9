package dev.flywheel.scheduler.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the journal promises, and what is left of one whose files were damaged. */
class JournalTest {
    private static final int RECORDS = 50;

    @TempDir private Path temporary;

    private JournalOptions options(boolean survivesPowerLoss) {
        return new JournalOptions(
                temporary.resolve("journal"), survivesPowerLoss, InstantSource.system());
    }

    private ChronicleJournal open() {
        return ChronicleJournal.open(options(false), null);
    }

    /** Different in length and content, and not by chance alike. */
    private static byte[] record(int i) {
        byte[] bytes = new byte[1 + (i * 977) % 5_000];
        new Random(i).nextBytes(bytes);
        return bytes;
    }

    private static List<byte[]> all(Journal journal) {
        List<byte[]> records = new ArrayList<>();
        journal.scan(Journal.START, (place, payload) -> records.add(payload));
        return records;
    }

    private static void assertRecords(Journal journal, int count) {
        List<byte[]> records = all(journal);
        assertThat(records).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(records.get(i)).as("record " + i).isEqualTo(record(i));
        }
        Journal.Place last = journal.last();
        assertThat(last == null ? 0 : last.ordinal() + 1).isEqualTo(count);
    }

    private void fill(int count) {
        try (Journal journal = open()) {
            for (int i = 0; i < count; i++) {
                journal.append(record(i));
            }
        }
    }

    private Path queueFile() throws IOException {
        try (Stream<Path> files = Files.list(temporary.resolve("journal"))) {
            return files.filter(f -> f.toString().endsWith(".cq4")).findFirst().orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepRecordsOverReopening(boolean survivesPowerLoss) {
        List<Journal.Place> places = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            try (Journal journal = ChronicleJournal.open(options(survivesPowerLoss), null)) {
                assertRecords(journal, i);
                places.add(journal.append(record(i)));
                journal.commit();
                assertThat(journal.read(places.get(i).position())).isEqualTo(record(i));
                assertThat(journal.last()).isEqualTo(places.get(i));
            }
        }
        try (Journal journal = open()) {
            for (int i = 0; i < 6; i++) {
                assertThat(places.get(i).ordinal()).isEqualTo(i);
                assertThat(journal.read(places.get(i).position())).isEqualTo(record(i));
            }
        }
    }

    @Test
    void shouldVisitOnlyWhatComesAfterAPosition() {
        fill(10);
        try (Journal journal = open()) {
            List<Journal.Place> places = new ArrayList<>();
            journal.scan(Journal.START, (place, payload) -> places.add(place));
            List<Long> rest = new ArrayList<>();
            journal.scan(
                    places.get(6).position(),
                    (place, payload) -> {
                        rest.add(place.ordinal());
                        return rest.size() < 2;
                    });
            assertThat(rest).containsExactly(7L, 8L);
            journal.scan(
                    places.get(9).position(),
                    (place, payload) -> {
                        throw new AssertionError("there is nothing after the last");
                    });
        }
    }

    @Test
    void shouldTakeTheLargestItemAndRefuseMore() {
        byte[] large = new byte[11 * 1024 * 1024];
        new Random(3).nextBytes(large);
        try (Journal journal = open()) {
            long position = journal.append(large).position();
            assertThat(journal.read(position)).isEqualTo(large);
            assertThatThrownBy(() -> journal.append(new byte[13 * 1024 * 1024]))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("exceeds");
            journal.append(record(1));
            assertThat(all(journal)).hasSize(2);
        }
    }

    @Test
    void shouldContinueInTheNextDaysFile() {
        long day = 86_400_000;
        for (int i = 0; i < 4; i++) {
            long now = 1_700_000_000_000L + i * day;
            JournalOptions later =
                    new JournalOptions(
                            temporary.resolve("journal"), true, () -> Instant.ofEpochMilli(now));
            try (Journal journal = ChronicleJournal.open(later, null)) {
                assertRecords(journal, i);
                journal.append(record(i));
            }
        }
        try (Journal journal = open()) {
            assertRecords(journal, 4);
        }
    }

    @Test
    void shouldGoOnWhenTheClockFallsBack() {
        long[] now = {1_700_000_000_000L};
        JournalOptions options =
                new JournalOptions(
                        temporary.resolve("journal"), false, () -> Instant.ofEpochMilli(now[0]));
        for (int i = 0; i < 4; i++) {
            try (Journal journal = ChronicleJournal.open(options, null)) {
                assertRecords(journal, i);
                journal.append(record(i));
                now[0] -= 2 * 86_400_000L;
            }
        }
        try (Journal journal = ChronicleJournal.open(options, null)) {
            assertRecords(journal, 4);
        }
    }

    @Test
    void shouldCutAtARecordWhoseBytesChanged() throws IOException {
        fill(RECORDS);
        Journal.Place damaged;
        String generation;
        try (ChronicleJournal journal = open()) {
            generation = journal.generation();
            List<Journal.Place> places = new ArrayList<>();
            journal.scan(Journal.START, (place, payload) -> places.add(place));
            damaged = places.get(30);
        }
        overwrite(record(30), 20, (byte) 1);
        try (ChronicleJournal journal = open()) {
            assertRecords(journal, 30);
            assertThat(journal.generation()).isNotEqualTo(generation);
            assertThatThrownBy(() -> journal.read(damaged.position()))
                    .isInstanceOf(JournalException.class);
            journal.append(record(30));
            assertRecords(journal, 31);
        }
        try (ChronicleJournal journal = open()) {
            assertRecords(journal, 31);
        }
        assertThat(siblings()).anyMatch(name -> name.startsWith("journal.damaged-"));
    }

    @Test
    void shouldNoticeDamageThatComesBeforeWhatTheIndexKnows() throws IOException {
        fill(RECORDS);
        ChronicleJournal.Known known;
        try (ChronicleJournal journal = open()) {
            known =
                    new ChronicleJournal.Known(
                            journal.generation(), Objects.requireNonNull(journal.last()));
        }
        overwrite(record(10), 3, (byte) 1);
        try (ChronicleJournal journal = ChronicleJournal.open(options(false), known)) {
            assertRecords(journal, 10);
        }
    }

    /** Changes bytes of the queue file where this record lies. */
    private void overwrite(byte[] record, int from, byte change) throws IOException {
        Path file = queueFile();
        byte[] bytes = Files.readAllBytes(file);
        int at = indexOf(bytes, record);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(at + from);
            access.write(record[from] ^ change);
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at <= bytes.length - part.length; at++) {
            if (bytes[at] == part[0]
                    && Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("the record is not in the file");
    }

    /** A file that ends early, or whose end is zeros or garbage, at many places. */
    @Test
    void shouldKeepTheLongestGoodPartWhereverAFileIsTorn() throws IOException {
        fill(RECORDS);
        byte[] whole = Files.readAllBytes(queueFile());
        String name = queueFile().getFileName().toString();
        int first = indexOf(whole, record(1));
        int end = indexOf(whole, record(RECORDS - 1)) + record(RECORDS - 1).length;
        Random random = new Random(11);
        for (int round = 0; round < 24; round++) {
            int at = first + random.nextInt(end - first);
            byte[] torn;
            switch (round % 3) {
                case 0 -> torn = Arrays.copyOf(whole, at);
                case 1 -> {
                    torn = whole.clone();
                    Arrays.fill(torn, at, Math.min(torn.length, at + 4096), (byte) 0);
                }
                default -> {
                    torn = whole.clone();
                    byte[] garbage = new byte[Math.min(4096, torn.length - at)];
                    random.nextBytes(garbage);
                    System.arraycopy(garbage, 0, torn, at, garbage.length);
                }
            }
            Path directory = temporary.resolve("torn-" + round);
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.list(temporary.resolve("journal"))) {
                for (Path file : files.toList()) {
                    Files.copy(file, directory.resolve(file.getFileName()));
                }
            }
            Files.write(directory.resolve(name), torn);
            int good = goodBefore(whole, at);
            JournalOptions options = new JournalOptions(directory, false, InstantSource.system());
            try (Journal journal = ChronicleJournal.open(options, null)) {
                assertThat(all(journal)).as("round " + round + " at " + at).hasSize(good);
                assertRecords(journal, good);
                journal.append(record(good));
            }
            try (Journal journal = ChronicleJournal.open(options, null)) {
                assertRecords(journal, good + 1);
            }
        }
    }

    /** Records that lie wholly before this place. */
    private static int goodBefore(byte[] file, int at) {
        int good = 0;
        while (indexOf(file, record(good)) + record(good).length <= at) {
            good++;
        }
        return good;
    }

    @Test
    void shouldWaitForTheDiskWithEachCommitWhereAskedTo() {
        try (ChronicleJournal journal = ChronicleJournal.open(options(true), null)) {
            for (int i = 0; i < 5; i++) {
                journal.append(record(2 * i));
                journal.append(record(2 * i + 1));
                journal.commit();
                assertThat(journal.forces()).isEqualTo(i + 1);
            }
        }
        try (ChronicleJournal journal = open()) {
            assertRecords(journal, 10);
            journal.append(record(10));
            journal.commit();
            assertThat(journal.forces()).isZero();
        }
    }

    @Test
    void shouldNotNeedTheQueuesTableOfFiles() throws IOException {
        fill(RECORDS);
        Path table = temporary.resolve("journal").resolve("metadata.cq4t");
        Files.delete(table);
        try (Journal journal = open()) {
            assertRecords(journal, RECORDS);
        }
        byte[] garbage = new byte[(int) Files.size(table)];
        new Random(5).nextBytes(garbage);
        Files.write(table, garbage);
        try (Journal journal = open()) {
            assertRecords(journal, RECORDS);
            journal.append(record(RECORDS));
        }
        Files.write(table, new byte[0]);
        try (Journal journal = open()) {
            assertRecords(journal, RECORDS + 1);
        }
    }

    @Test
    void shouldStartAnewWhenTheQueuesHeaderIsGone() throws IOException {
        fill(5);
        Path file = queueFile();
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 0, 64, (byte) 0x5A);
        Files.write(file, bytes);
        try (Journal journal = open()) {
            assertRecords(journal, 0);
            journal.append(record(0));
            assertRecords(journal, 1);
        }
        assertThat(siblings()).anyMatch(name -> name.startsWith("journal.damaged-"));
    }

    @Test
    void shouldEndARepairThatACrashInterrupted() throws IOException {
        fill(3);
        Files.move(temporary.resolve("journal"), temporary.resolve("journal.rebuilding"));
        try (Journal journal = open()) {
            assertRecords(journal, 3);
        }
        Files.createDirectories(temporary.resolve("journal.rebuilding"));
        Files.writeString(temporary.resolve("journal.rebuilding").resolve("half"), "copied");
        try (Journal journal = open()) {
            assertRecords(journal, 3);
        }
        assertThat(siblings()).doesNotContain("journal.rebuilding");
    }

    @Test
    void shouldSayWhichDirectoryCannotBeUsed() throws IOException {
        Path file = Files.writeString(temporary.resolve("journal"), "a file");
        assertThatThrownBy(this::open)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("choose another data directory");
    }

    private List<String> siblings() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
