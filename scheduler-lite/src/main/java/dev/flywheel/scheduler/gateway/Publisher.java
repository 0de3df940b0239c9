package dev.flywheel.scheduler.gateway;

import dev.flywheel.platform.files.PrivateFiles;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.scheduler.SchedulerLimits;
import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.log.LogEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads what was scheduled, item and assignment, in the journal's order and after the answer. How
 * far it came is noted in a file now and then, and at the end; after a kill the newest uploads are
 * repeated, which a gateway does not mind. Without the file, all are.
 */
public final class Publisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Journal journal;
    private final GatewayClient gateway;
    private final Path note;
    private final Semaphore wake = new Semaphore(1);
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile long ordinal;

    // Of the uploading thread.
    private String generation = "";
    private long position = Journal.START;
    private int unnoted;

    /** Starts where the note says. */
    public Publisher(Journal journal, GatewayClient gateway, Path note) {
        this.journal = journal;
        this.gateway = gateway;
        this.note = note;
        this.ordinal = -1;
        readNote();
        this.thread = Thread.ofVirtual().name("scheduler-publisher").start(this::run);
    }

    /** Says that there is more. Any thread. */
    public void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** Items and assignments uploaded since the start. */
    public long published() {
        return published.get();
    }

    /** Items and assignments that the gateway will never take. */
    public long refused() {
        return refused.get();
    }

    /** Entries of the journal that are not uploaded yet. */
    public long behind() {
        Journal.Place last = journal.last();
        return last == null ? 0 : last.ordinal() - ordinal;
    }

    private void run() {
        try {
            while (!isClosing()) {
                wake.acquire();
                // Whoever waits for the answer of this message's evaluation has the cores first.
                if (!closing.await(SchedulerLimits.UPLOAD_DELAY_MS, TimeUnit.MILLISECONDS)) {
                    round();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void round() {
        try {
            if (!generation.equals(journal.generation())) {
                generation = journal.generation();
                position = Journal.START;
                ordinal = -1;
            }
            journal.scan(position, this::publish);
        } catch (RuntimeException e) {
            if (!isClosing()) {
                LOG.error("uploading stopped, it goes on with the next message", e);
            }
        }
    }

    private boolean publish(Journal.Place place, byte[] record) {
        LogEntry entry = LogEntry.decode(record);
        try {
            DataItem item = entry.item();
            if ((item != null && !upload(item)) || !upload(entry.assignment())) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        position = place.position();
        ordinal = place.ordinal();
        if (++unnoted >= SchedulerLimits.UPLOADS_BETWEEN_NOTES) {
            writeNote();
        }
        return !isClosing();
    }

    /** Until the gateway took it, or said that it never will; false when this closes before. */
    private boolean upload(DataItem item) throws InterruptedException {
        int pauseMs = SchedulerLimits.UPLOAD_RETRY_MS_MIN;
        while (true) {
            try {
                if (gateway.upload(item.bytes())) {
                    published.incrementAndGet();
                } else {
                    refused.incrementAndGet();
                    LOG.warn("the gateway refused an item id={} gateway={}", item.id(), gateway);
                }
                return true;
            } catch (IOException e) {
                if (isClosing()) {
                    return false;
                }
                LOG.warn(
                        "an upload is tried again in {} ms id={} because {}",
                        pauseMs,
                        item.id(),
                        e.getMessage());
                if (closing.await(pauseMs, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                pauseMs = Math.min(2 * pauseMs, SchedulerLimits.UPLOAD_RETRY_MS_MAX);
            }
        }
    }

    private void readNote() {
        try {
            if (Files.exists(note)) {
                String[] words = Files.readString(note).strip().split(" ");
                if (words.length == 3 && words[0].equals(journal.generation())) {
                    position = Long.parseLong(words[1]);
                    ordinal = Long.parseLong(words[2]);
                    generation = words[0];
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.warn("the publisher's note is unreadable, everything is uploaded again", e);
        }
    }

    private void writeNote() {
        String text = generation + " " + position + " " + ordinal + "\n";
        try {
            PrivateFiles.replace(note, text.getBytes(StandardCharsets.US_ASCII));
            unnoted = 0;
        } catch (IOException e) {
            LOG.warn("the publisher's place could not be noted file={}", note, e);
        }
    }

    /**
     * Ends the gateway's calls and with them an upload in flight, which is repeated after the next
     * start. The thread is not interrupted: it may be reading a mapped file, whose channel that
     * would close.
     */
    @Override
    public void close() {
        closing.countDown();
        wake.release();
        gateway.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (unnoted > 0) {
            writeNote();
        }
    }
}
