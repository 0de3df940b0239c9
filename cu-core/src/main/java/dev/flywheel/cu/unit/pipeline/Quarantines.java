package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.cu.unit.store.Quarantine;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ScheduledEntry;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that stand still because their scheduler says two things: an entry that was evaluated
 * here, and another one at the same place now. No state of such a process can be right for all who
 * read the log, so an operator has to decide.
 *
 * <p>Whoever merely asks with another entry proves nothing: the scheduler is asked before. Any
 * thread.
 */
public final class Quarantines {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantines.class);

    private final Scheduler scheduler;
    private final ResultStore store;
    private final InstantSource clock;
    private final BiConsumer<Id, StatusException> begun;
    private final Map<Id, Quarantine> known = new ConcurrentHashMap<>();
    private final Map<Id, Long> askedMs = new ConcurrentHashMap<>();

    /**
     * @param begun told of each new one, and what its readers are told
     */
    Quarantines(
            Scheduler scheduler,
            ResultStore store,
            InstantSource clock,
            BiConsumer<Id, StatusException> begun) {
        this.scheduler = scheduler;
        this.store = store;
        this.clock = clock;
        this.begun = begun;
        store.quarantined().forEach(each -> known.put(each.process(), each));
    }

    /** Why nothing is evaluated of a process; null when it is not quarantined. Does not block. */
    @Nullable StatusException refusal(Id process) {
        Quarantine found = known.get(process);
        return found == null ? null : refusal(found);
    }

    private static StatusException refusal(Quarantine found) {
        return new StatusException(
                409,
                "process %s is quarantined: its scheduler gave two different logs up to slot %d. Evaluated here: message %s, assignment %s. There now: message %s, assignment %s. Nothing more is evaluated until an operator decides, with the unit stopped: flywheel quarantine %s --keep or --forget"
                        .formatted(
                                found.process(),
                                found.nonce(),
                                found.evaluatedMessage(),
                                found.evaluatedAssignment(),
                                found.otherMessage(),
                                found.otherAssignment(),
                                found.process()));
    }

    /** All that are quarantined. */
    public Collection<Quarantine> all() {
        return List.copyOf(known.values());
    }

    /**
     * Asks the scheduler which entry it has at the place of a conflict. Blocks.
     *
     * @return what to tell whoever ran into it: the conflict, when the scheduler agrees with what
     *     was evaluated here or cannot be asked, else that the process is quarantined
     */
    public StatusException examine(Id process, ConflictException conflict) {
        StatusException refusal = refusal(process);
        if (refusal != null) {
            return refusal;
        }
        ResultRow evaluated = store.at(process, conflict.nonce()).orElse(null);
        if (evaluated == null || !mayAsk(process)) {
            return conflict;
        }
        ScheduledEntry there;
        try {
            there = scheduler.entry(process, conflict.nonce());
        } catch (StatusException e) {
            LOG.warn(
                    "conflict not examined process={} nonce={} because {}",
                    process,
                    conflict.nonce(),
                    e.getMessage());
            return conflict;
        }
        if (there == null || agrees(there, evaluated, conflict.hashChain())) {
            return conflict;
        }
        return begin(
                new Quarantine(
                        process,
                        conflict.nonce(),
                        evaluated.messageId(),
                        evaluated.assignmentId(),
                        there.messageId(),
                        there.assignment().id(),
                        clock.millis()));
    }

    private static boolean agrees(
            ScheduledEntry there, ResultRow evaluated, @Nullable String hashChain) {
        String chainThere = there.hashChain();
        return there.messageId().equals(evaluated.messageId())
                && (hashChain == null || chainThere == null || hashChain.equals(chainThere));
    }

    /** Conflicts of one process are examined one after the other, and not all of them. */
    private boolean mayAsk(Id process) {
        long nowMs = clock.millis();
        if (askedMs.size() >= UnitLimits.CONFLICTS_KNOWN_MAX) {
            askedMs.values().removeIf(ms -> nowMs - ms >= UnitLimits.CONFLICT_APART_MS);
        }
        if (askedMs.size() >= UnitLimits.CONFLICTS_KNOWN_MAX) {
            return false;
        }
        Long before = askedMs.get(process);
        if (before != null && nowMs - before < UnitLimits.CONFLICT_APART_MS) {
            return false;
        }
        return before == null
                ? askedMs.putIfAbsent(process, nowMs) == null
                : askedMs.replace(process, before, nowMs);
    }

    private StatusException begin(Quarantine found) {
        store.quarantine(found);
        if (known.putIfAbsent(found.process(), found) == null) {
            LOG.error(
                    "process quarantined process={} nonce={} evaluatedMessage={} evaluatedAssignment={} otherMessage={} otherAssignment={}",
                    found.process(),
                    found.nonce(),
                    found.evaluatedMessage(),
                    found.evaluatedAssignment(),
                    found.otherMessage(),
                    found.otherAssignment());
            begun.accept(found.process(), refusal(found));
        }
        return refusal(known.getOrDefault(found.process(), found));
    }
}
