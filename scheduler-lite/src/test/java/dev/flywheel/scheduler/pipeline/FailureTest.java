package dev.flywheel.scheduler.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ItemVerifier;
import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.TestWallet;
import dev.flywheel.scheduler.journal.ChronicleJournal;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalOptions;
import dev.flywheel.scheduler.log.LogEntry;
import dev.flywheel.scheduler.log.Schedule;
import dev.flywheel.scheduler.log.ScheduleIndex;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, does not sync, or holds no index: what is answered, and that it goes on. */
class FailureTest {
    private static final EthereumKey KEY = key();

    @TempDir private Path directory;
    private FailingJournal journal;
    private ScheduleIndex index;
    private Pipeline pipeline;
    private DataItem process;
    private int names;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile long freeBytes = Long.MAX_VALUE;

    private static EthereumKey key() {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 5);
        return EthereumKey.ofSecret(secret);
    }

    @BeforeEach
    void start() throws Exception {
        index = ScheduleIndex.open(directory.resolve("index.db"));
        journal =
                new FailingJournal(
                        ChronicleJournal.open(
                                new JournalOptions(
                                        directory.resolve("journal"),
                                        false,
                                        InstantSource.system()),
                                null));
        pipeline =
                new Pipeline(
                        new PipelineOptions(
                                new Admission(new ItemVerifier()),
                                new Schedule(index, journal),
                                journal,
                                TestWallet.KEY,
                                new SecureRandom(),
                                InstantSource.system(),
                                () -> 1_500_000,
                                this::freeBytes,
                                false,
                                () -> {}),
                        new PipelineCounters());
        process = spawn();
        assertThat(status(process)).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        pipeline.close();
        journal.close();
        index.close();
    }

    /** Asked by the sequencing thread, which waits here while a test holds it. */
    private long freeBytes() {
        try {
            assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
        return freeBytes;
    }

    private DataItem spawn() {
        return new ItemBuilder()
                .tag("Data-Protocol", "ao")
                .tag("Type", "Process")
                .tag("Module", "m")
                .tag("Scheduler", "s")
                .tag("Name", "p" + names++)
                .sign(KEY);
    }

    private DataItem message() {
        return new ItemBuilder()
                .target(process.id())
                .tag("Data-Protocol", "ao")
                .tag("Type", "Message")
                .data("m" + names++)
                .sign(KEY);
    }

    /** What a client is answered: 200, or the refusal's status. */
    private int status(DataItem item) throws Exception {
        Submission submission = Submission.of(item);
        pipeline.submit(submission);
        return status(submission);
    }

    private static int status(Submission submission) throws Exception {
        try {
            submission.outcome().get(60, TimeUnit.SECONDS);
            return 200;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(StatusException.class);
            return e.getCause() instanceof StatusException refused ? refused.status() : 0;
        }
    }

    /** Messages in the journal, whose chain must be whole. */
    private List<Id> messages() {
        List<Id> messages = new ArrayList<>();
        List<LogEntry> log = new ArrayList<>();
        journal.scan(
                Journal.START,
                (place, payload) -> {
                    LogEntry entry = LogEntry.decode(payload);
                    return !entry.processId().equals(process.id()) || log.add(entry);
                });
        Id chain = HashChain.seed(process.id());
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i).nonce()).isEqualTo(i);
            assertThat(log.get(i).hashChain()).isEqualTo(chain);
            chain = HashChain.next(log.get(i).assignment().id(), chain);
            if (i > 0) {
                messages.add(log.get(i).messageId());
            }
        }
        return messages;
    }

    /** Bringing an index up to its journal takes milliseconds; who waits longer waits for ever. */
    private static final long PATIENCE_NS = 30_000_000_000L;

    @Test
    void shouldRefuseWhileTheDiskIsFullAndGoOnAfterwards() throws Exception {
        DataItem before = message();
        assertThat(status(before)).isEqualTo(200);
        journal.appendsFail = true;
        DataItem refused = message();
        assertThat(status(refused)).isEqualTo(507);
        DataItem unborn = spawn();
        assertThat(status(unborn)).isEqualTo(507);
        journal.appendsFail = false;
        DataItem after = message();
        assertThat(status(after)).isEqualTo(200);
        assertThat(status(refused)).isEqualTo(200);
        assertThat(status(unborn)).isEqualTo(200);
        assertThat(messages()).containsExactly(before.id(), after.id(), refused.id());
        assertThat(pipeline.entriesInFlight()).isZero();
    }

    @Test
    void shouldRefuseAllThatComesBehindAFailedEntry() throws Exception {
        journal.appendsFail = true;
        List<Submission> submissions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            submissions.add(Submission.of(message()));
        }
        gate = new CountDownLatch(1);
        submissions.forEach(pipeline::submit);
        gate.countDown();
        for (Submission submission : submissions) {
            assertThat(status(submission)).isIn(503, 507);
        }
        journal.appendsFail = false;
        DataItem after = message();
        assertThat(status(after)).isEqualTo(200);
        assertThat(messages()).containsExactly(after.id());
    }

    @Test
    void shouldRefuseBeforeTheDiskIsFull() throws Exception {
        freeBytes = SchedulerLimits.FREE_BYTES_MIN - 1;
        Submission submission = Submission.of(message());
        pipeline.submit(submission);
        assertThat(status(submission)).isEqualTo(507);
        assertThat(submission.outcome().exceptionNow().getMessage())
                .contains(process.id().toString())
                .contains("Free disk space");
        freeBytes = SchedulerLimits.FREE_BYTES_MIN;
        assertThat(status(message())).isEqualTo(200);
        assertThat(messages()).hasSize(1);
    }

    @Test
    void shouldKeepWhatItCouldNotSync() throws Exception {
        journal.commitsFail = true;
        DataItem unsure = message();
        assertThat(status(unsure)).isEqualTo(503);
        journal.commitsFail = false;
        assertThat(status(unsure)).isEqualTo(400); // it is there
        DataItem after = message();
        assertThat(status(after)).isEqualTo(200);
        assertThat(messages()).containsExactly(unsure.id(), after.id());
    }

    /** Takes the index's table away, or brings it back. */
    private void rename(String from, String to) {
        SqlStore.open(
                        directory.resolve("index.db"),
                        List.of("alter table " + from + " rename to " + to),
                        Durability.REBUILDABLE)
                .close();
    }

    @Test
    void shouldCatchUpWhenTheIndexCanBeWrittenAgain() throws Exception {
        DataItem before = message();
        assertThat(status(before)).isEqualTo(200);
        rename("deep_hashes", "hidden");
        DataItem unindexed = pushed();
        assertThat(status(unindexed)).isEqualTo(503);
        assertThat(status(message())).isIn(503, 507);
        rename("hidden", "deep_hashes");
        // The first one that comes has the index brought up to the journal; it, and those that
        // come meanwhile, are asked to be sent again.
        DataItem after = message();
        int status = status(after);
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (status == 503 && System.nanoTime() - endNs < 0) {
            status = status(after);
        }
        assertThat(status).isEqualTo(200);
        assertThat(status(unindexed)).isEqualTo(400);
        assertThat(messages()).containsExactly(before.id(), unindexed.id(), after.id());
        assertThat(pipeline.entriesInFlight()).isZero();
    }

    private DataItem pushed() {
        return new ItemBuilder()
                .target(process.id())
                .tag("Data-Protocol", "ao")
                .tag("Type", "Message")
                .tag("From-Process", process.id().toString())
                .data("m" + names++)
                .sign(KEY);
    }

    @Test
    void shouldRefuseMoreThanItCanHold() throws Exception {
        byte[] data = new byte[8 * 1024 * 1024];
        int fitting = (int) (SchedulerLimits.IN_FLIGHT_BYTES_MAX / (data.length + 2_000));
        gate = new CountDownLatch(1);
        List<Submission> taken = new ArrayList<>();
        for (int i = 0; i < fitting; i++) {
            taken.add(Submission.of(large(data)));
            pipeline.submit(taken.get(i));
        }
        assertThatThrownBy(() -> pipeline.submit(Submission.of(large(data))))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("too much work");
        gate.countDown();
        for (Submission submission : taken) {
            assertThat(status(submission)).isEqualTo(200);
        }
        assertThat(status(large(data))).isEqualTo(200);
        assertThat(messages()).hasSize(fitting + 1);
    }

    private DataItem large(byte[] data) {
        return new ItemBuilder()
                .target(process.id())
                .tag("Data-Protocol", "ao")
                .tag("Type", "Message")
                .tag("Number", "n" + names++)
                .data(data)
                .sign(KEY);
    }
}
