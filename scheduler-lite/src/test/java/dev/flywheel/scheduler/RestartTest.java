package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.PortInUseException;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.scheduler.journal.JournalException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart finds, whatever happened to the files before. */
class RestartTest {
    @TempDir private Path temporary;
    private Path directory;
    private StubGateway gateway;
    private Unit unit;
    private DataItem process;

    @BeforeEach
    void start() throws Exception {
        directory = temporary.resolve("su");
        gateway = StubGateway.start();
        open();
        process = Unit.process(Keys.WALLET);
        unit.take(process);
        for (int i = 0; i < 10; i++) {
            unit.take(Unit.message(Keys.WALLET, process.id(), "m" + i));
        }
    }

    @AfterEach
    void stop() {
        unit.close();
        gateway.close();
    }

    private void open() {
        unit = Unit.start(Unit.options(directory, gateway.uri()));
    }

    private List<ScheduledEntry> log() throws Exception {
        return unit.log(process.id());
    }

    /** Adds a message and demands that the log is whole and longer by one. */
    private void assertGoesOnAfter(List<ScheduledEntry> before) throws Exception {
        assertThat(log()).isEqualTo(before);
        DataItem next = Unit.message(Keys.USER, process.id(), "next");
        unit.take(next);
        List<ScheduledEntry> after = log();
        LogChecks.assertWhole(process.id(), after);
        assertThat(after).hasSize(before.size() + 1);
        assertThat(after.getLast().messageId()).isEqualTo(next.id().toString());
    }

    private List<Path> indexFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith("index.db")).toList();
        }
    }

    @Test
    void shouldKeepEverything() throws Exception {
        List<ScheduledEntry> before = log();
        assertThat(before).hasSize(11);
        unit.close();
        open();
        assertGoesOnAfter(before);
        DataItem repeated = Unit.message(Keys.WALLET, process.id(), "m3");
        unit.assertRefused(
                unit.post(repeated.bytes()), 400, "MessageExists(\"Message already exists\")");
    }

    @Test
    void shouldMakeADeletedIndexAgain() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        for (Path file : indexFiles()) {
            Files.delete(file);
        }
        open();
        assertGoesOnAfter(before);
    }

    @Test
    void shouldMakeADamagedIndexAgain() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        for (Path file : indexFiles()) {
            Files.write(
                    file,
                    "no database at all, but long enough to be read"
                            .repeat(99)
                            .getBytes(StandardCharsets.UTF_8));
        }
        open();
        assertGoesOnAfter(before);
    }

    @Test
    void shouldCatchUpAnIndexThatIsBehind() throws Exception {
        unit.close();
        List<Path> copies = new ArrayList<>();
        for (Path file : indexFiles()) {
            copies.add(Files.copy(file, temporary.resolve(file.getFileName())));
        }
        open();
        DataItem other = Unit.process(Keys.WALLET);
        unit.take(other);
        unit.take(Unit.message(Keys.WALLET, other.id(), "late"));
        unit.take(Unit.message(Keys.WALLET, process.id(), "late"));
        List<ScheduledEntry> before = log();
        unit.close();
        for (Path file : indexFiles()) {
            Files.delete(file);
        }
        for (Path copy : copies) {
            Files.copy(copy, directory.resolve(copy.getFileName()));
        }
        open();
        assertThat(unit.log(other.id())).hasSize(2);
        assertGoesOnAfter(before);
    }

    @Test
    void shouldForgetWhatAnotherJournalHeld() throws Exception {
        unit.close();
        Files.move(directory.resolve("journal"), temporary.resolve("elsewhere"));
        open();
        unit.assertRefused(
                unit.get("/processes/" + process.id()), 400, "Message or Process not found");
        unit.close();
        Path journal = directory.resolve("journal");
        Files.move(journal, temporary.resolve("empty"));
        Files.move(temporary.resolve("elsewhere"), journal);
        open();
        assertThat(log()).hasSize(11);
    }

    @Test
    void shouldKeepWhatComesBeforeATornEnd() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        Path file = queueFile();
        long end = lastWrittenByte(file);
        // Into the seventh message's record from behind: each has about 1.6 kB.
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(end - 5_000);
        }
        open();
        List<ScheduledEntry> after = log();
        assertThat(after.size()).isBetween(2, before.size() - 1);
        assertThat(after).isEqualTo(before.subList(0, after.size()));
        assertGoesOnAfter(after);
        unit.close();
        open();
        LogChecks.assertWhole(process.id(), log());
    }

    private Path queueFile() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
            return files.filter(f -> f.toString().endsWith(".cq4")).findFirst().orElseThrow();
        }
    }

    private static long lastWrittenByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    @Test
    void shouldNeverSetTheTimeBack() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        Instant past = Instant.ofEpochMilli(before.getLast().timestamp()).minusSeconds(86_400 * 3);
        unit = Unit.start(Unit.options(directory, gateway.uri()), () -> past);
        assertGoesOnAfter(before);
        assertThat(log().getLast().timestamp()).isEqualTo(before.getLast().timestamp() + 1);
    }

    @Test
    void shouldScheduleWithTheLastKnownHeightWhenTheGatewayIsGone() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        gateway.close();
        open();
        assertGoesOnAfter(before);
        assertThat(log().getLast().blockHeight()).isEqualTo(1_500_000);
    }

    @Test
    void shouldWaitForTheGatewayAtTheFirstStart() throws Exception {
        int port = gateway.port();
        unit.close();
        gateway.close();
        directory = temporary.resolve("fresh");
        unit = Unit.start(Unit.options(directory, URI.create("http://127.0.0.1:" + port)));
        DataItem early = Unit.process(Keys.WALLET);
        Answer refused = unit.post(early.bytes());
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("block height");
        assertThat(unit.get("/timestamp").status()).isEqualTo(503);
        assertThat(unit.get("/").status()).isEqualTo(200);
        gateway = StubGateway.start(port);
        gateway.height = 7;
        Until.holds("height known", () -> unit.get("/timestamp").status() == 200);
        unit.take(early);
        assertThat(unit.log(early.id()).getFirst().blockHeight()).isEqualTo(7);
    }

    @Test
    void shouldAnswerWhatIsInFlightBeforeItCloses() throws Exception {
        assertThat(unit.scheduler().drain(Duration.ofSeconds(60))).isTrue();
        Answer late = unit.post(Unit.message(Keys.WALLET, process.id(), "late").bytes());
        assertThat(late.status()).isEqualTo(503);
    }

    @Test
    void shouldSayWhatIsWrongWithPortOrDirectory() throws Exception {
        SchedulerOptions taken =
                new SchedulerOptions(
                        new InetSocketAddress("127.0.0.1", unit.scheduler().port()),
                        temporary.resolve("second"),
                        Keys.SCHEDULER,
                        SchedulerOptions.MessageDurability.KILL,
                        gateway.uri(),
                        SchedulerOptions.Behaviour.usual());
        assertThatThrownBy(() -> Unit.start(taken)).isInstanceOf(PortInUseException.class);
        Path file = Files.writeString(temporary.resolve("file"), "not a directory");
        assertThatThrownBy(() -> Unit.start(Unit.options(file, gateway.uri())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(file.toString());
        Path blocked = Files.createDirectories(temporary.resolve("blocked"));
        Files.writeString(blocked.resolve("journal"), "not a directory");
        assertThatThrownBy(() -> Unit.start(Unit.options(blocked, gateway.uri())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(blocked.resolve("journal").toString());
    }

    @Test
    void shouldUploadEverythingOnceItCan() throws Exception {
        Until.holds("all uploaded", () -> unit.scheduler().unpublished() == 0);
        assertThat(gateway.uploads()).hasSize(22);
        assertThat(gateway.uploads().peek()).isEqualTo(process.id());
        gateway.uploads().clear();
        gateway.failing = 503;
        DataItem delayed = Unit.message(Keys.WALLET, process.id(), "delayed");
        unit.take(delayed);
        assertThat(unit.scheduler().unpublished()).isEqualTo(1);
        unit.close();
        gateway.failing = 0;
        open();
        String assignment = log().getLast().assignment().id();
        Until.holds("the rest uploaded", () -> unit.scheduler().unpublished() == 0);
        assertThat(gateway.uploads().stream().map(Object::toString))
                .containsExactly(delayed.id().toString(), assignment);
    }

    @Test
    void shouldSurviveACopyOfTheDirectory() throws Exception {
        List<ScheduledEntry> before = log();
        unit.close();
        Path copy = temporary.resolve("copy");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        copy.resolve(directory.relativize(file).toString()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        directory = copy;
        open();
        assertGoesOnAfter(before);
    }
}
