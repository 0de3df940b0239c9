package dev.flywheel.messenger;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ProcessRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which processes there are and who schedules them: asked of the one scheduler, or of the gateway
 * when there are several. What was found is remembered; what was not may be there in a moment.
 * Thread-safe; blocks.
 */
final class ProcessDirectory {
    private final SchedulerClient scheduler;
    private final SchedulerLocations locations;
    private final @Nullable String fixedUrl;
    private final BoundedCache<String, ProcessPlace> places =
            new BoundedCache<>(MessengerLimits.PROCESSES_CACHED);

    /**
     * @param fixedUrl scheduler of all processes, or null
     */
    ProcessDirectory(
            SchedulerClient scheduler, SchedulerLocations locations, @Nullable String fixedUrl) {
        this.scheduler = scheduler;
        this.locations = locations;
        this.fixedUrl = fixedUrl;
    }

    /**
     * The place of a process, or null when there is none of that id.
     *
     * @throws UnitFailure when nobody could say
     */
    @Nullable ProcessPlace find(String process) throws UnitFailure, InterruptedException {
        ProcessPlace known = places.get(process);
        if (known != null) {
            return fixedUrl == null ? moved(process, known) : known;
        }
        ProcessPlace found = ask(process);
        if (found != null) {
            places.put(process, found);
        }
        return found;
    }

    /** A process stays with its scheduler's wallet, which may move to another address. */
    private ProcessPlace moved(String process, ProcessPlace known)
            throws UnitFailure, InterruptedException {
        String wallet = known.scheduler();
        String url = wallet == null ? null : locations.url(wallet);
        if (url == null || url.equals(known.schedulerUrl())) {
            return known;
        }
        ProcessPlace place = new ProcessPlace(url, wallet, known.module(), known.owner());
        places.put(process, place);
        return place;
    }

    private @Nullable ProcessPlace ask(String process) throws UnitFailure, InterruptedException {
        if (fixedUrl == null) {
            return locations.place(process);
        }
        ProcessRecord record = scheduler.process(fixedUrl, process);
        return record == null
                ? null
                : new ProcessPlace(
                        fixedUrl,
                        record.tags().first("Scheduler"),
                        record.tags().firstOr("Module", ""),
                        record.owner().address());
    }

    /**
     * Where a new process goes: the one scheduler, or that of its {@code Scheduler} tag.
     *
     * @return null when that scheduler has no location
     * @throws UnitFailure when nobody could say
     */
    @Nullable ProcessPlace placeOfNew(DataItem process) throws UnitFailure, InterruptedException {
        String wallet = process.tags().first("Scheduler");
        String url = fixedUrl;
        if (url == null && wallet != null) {
            url = locations.url(wallet);
        }
        return url == null
                ? null
                : new ProcessPlace(
                        url, wallet, process.tags().firstOr("Module", ""), process.ownerAddress());
    }

    /** Remembers a process that was just scheduled: gateways may not know it yet. */
    void learned(String process, ProcessPlace place) {
        places.put(process, place);
    }
}
