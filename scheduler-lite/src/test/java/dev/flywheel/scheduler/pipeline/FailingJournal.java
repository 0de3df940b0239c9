package dev.flywheel.scheduler.pipeline;

import dev.flywheel.scheduler.journal.Journal;
import dev.flywheel.scheduler.journal.JournalException;
import org.jspecify.annotations.Nullable;

/** A real journal on a disk that fills up, or does not sync, when told to. */
final class FailingJournal implements Journal {
    private final Journal journal;
    volatile boolean appendsFail;
    volatile boolean commitsFail;

    FailingJournal(Journal journal) {
        this.journal = journal;
    }

    @Override
    public Place append(byte[] payload) {
        if (appendsFail) {
            throw new JournalException("no space left on device, as told", null);
        }
        return journal.append(payload);
    }

    @Override
    public void repair() {
        journal.repair();
    }

    @Override
    public void commit() {
        journal.commit();
        if (commitsFail) {
            throw new JournalException("input/output error, as told", null);
        }
    }

    @Override
    public byte[] read(long position) {
        return journal.read(position);
    }

    @Override
    public void scan(long position, Visitor visitor) {
        journal.scan(position, visitor);
    }

    @Override
    public @Nullable Place last() {
        return journal.last();
    }

    @Override
    public String generation() {
        return journal.generation();
    }

    @Override
    public void close() {
        journal.close();
    }
}
