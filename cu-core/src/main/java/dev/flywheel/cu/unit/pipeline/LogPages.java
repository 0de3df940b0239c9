package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.ScheduledEntry;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts of logs as they come, also ahead of the need. Dispatch thread only. */
final class LogPages {
    private static final Logger LOG = LoggerFactory.getLogger(LogPages.class);

    private final Steps steps;
    private final LogReader log;

    LogPages(Steps steps, LogReader log) {
        this.steps = steps;
        this.log = log;
    }

    /** Gets the entries after those that are evaluated. */
    void readOn(HostedProcess process, ProcessDefinition definition, ProcessRun run) {
        LogReader.Place place = run.place();
        boolean visited = !process.visits.isEmpty();
        if (!process.entries.isEmpty()) {
            LOG.error("log stands still process={} place={}", process.id, place);
            process.fail(
                    new StatusException(500, "log of process " + process.id + " stands still"));
            return;
        }
        if (place.equals(process.prefetching)) {
            return; // what is on its way comes with an advance
        }
        ScheduledEntry atHand = Readers.entryAtHand(process, definition, place);
        if (atHand == null && !visited && !process.hasReadersAhead()) {
            steps.advance(process); // whoever it was for brought what does not follow
            return;
        }
        long askedNs = System.nanoTime();
        if (atHand != null && LogReader.isPreparedAtOnce(definition, place, atHand)) {
            // Another thread would cost more than it takes.
            onPart(process, log.at(definition, place, atHand), askedNs);
            steps.advance(process);
            return;
        }
        steps.step(
                process,
                () ->
                        atHand != null
                                ? log.at(definition, place, atHand)
                                : log.after(definition, place, visited),
                part -> onPart(process, part, askedNs));
    }

    /**
     * Asks for the entries after those that are there, so that evaluating need not wait for them.
     */
    void prefetch(HostedProcess process, ProcessRun run) {
        LogEntry last = process.entries.peekLast();
        ProcessDefinition definition = process.definition;
        if (last == null
                || definition == null
                || process.atEnd
                || process.prefetching != null
                || process.entries.size() > UnitLimits.PREFETCH_ENTRIES
                || process.target() <= last.nonce()) {
            return;
        }
        LogReader.Place place =
                new LogReader.Place(last.nonce(), last.assignmentId(), last.hashChain());
        boolean visited = !process.visits.isEmpty();
        long askedNs = System.nanoTime();
        process.prefetching = place;
        steps.io(
                failure -> onPrefetched(process, run, place, () -> {}), // asked again when needed
                () -> log.after(definition, place, visited),
                part -> onPrefetched(process, run, place, () -> onPart(process, part, askedNs)));
    }

    private void onPrefetched(
            HostedProcess process, ProcessRun run, LogReader.Place place, Runnable result) {
        if (process.run == run && place.equals(process.prefetching)) {
            process.prefetching = null;
            process.prefetched = result;
            steps.advance(process);
        }
    }

    static void onPart(HostedProcess process, LogReader.Part part, long askedNs) {
        process.entries.addAll(part.entries());
        process.atEnd = part.isEnd();
        process.endAskedNs = part.isEnd() ? askedNs : process.endAskedNs;
        process.ticksUntil = part.isEnd() ? Math.max(process.ticksUntil, part.now()) : 0;
        if (part.isEnd() && part.entries().isEmpty()) {
            LogEntry last = process.entries.peekLast();
            long end = last == null ? process.place().nonce() : last.nonce();
            for (long nonce : List.copyOf(process.readers.tailMap(end, false).keySet())) {
                process.take(nonce).forEach(reader -> reader.fail(missing(process, nonce, end)));
            }
            process.failVisits(
                    visit -> visit.hasNonce() && visit.nonce() > end,
                    missing(process, end + 1, end));
        }
    }

    private static StatusException missing(HostedProcess process, long nonce, long end) {
        return new StatusException(
                502,
                "scheduler does not give entry %d of process %s, its log ends at %d; try again later"
                        .formatted(nonce, process.id, end));
    }
}
