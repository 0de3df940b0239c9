package dev.flywheel.cu.unit.peer;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import org.jspecify.annotations.Nullable;

/** A scheduler whose entries are let in only with the signatures that they say they have. */
public final class CheckedScheduler implements Scheduler {
    private final Scheduler scheduler;
    private final LogSignatures signatures;

    public CheckedScheduler(Scheduler scheduler, LogSignatures signatures) {
        this.scheduler = scheduler;
        this.signatures = signatures;
    }

    @Override
    public ProcessRecord process(Id process) {
        ProcessRecord record = scheduler.process(process);
        signatures.check(record);
        return record;
    }

    @Override
    public Place place(Id process, Id message) {
        Place place = scheduler.place(process, message);
        ScheduledEntry entry = place.entry();
        if (entry != null) {
            signatures.check(entry);
        }
        return place;
    }

    @Override
    public SchedulePage page(Id process, long after) {
        SchedulePage page = scheduler.page(process, after);
        page.edges().forEach(edge -> signatures.check(edge.node()));
        return page;
    }

    /** Not checked: what a scheduler says, true or not, is what is wanted. */
    @Override
    public @Nullable ScheduledEntry entry(Id process, long nonce) {
        return scheduler.entry(process, nonce);
    }

    @Override
    public Now now(Id process) {
        return scheduler.now(process);
    }
}
