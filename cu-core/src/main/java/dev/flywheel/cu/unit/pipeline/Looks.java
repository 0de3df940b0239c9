package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Looks at processes (dry runs, memory images): each at a fork, beside the steps of its process,
 * and for places that a process has gone by at another instance of it. Dispatch thread only.
 */
final class Looks {
    private final Steps steps;
    private final Instances instances;
    private final GuestWorkers workers;
    private final Evaluations evaluations;

    /** Processes at earlier places, each for one visit. */
    private final List<HostedProcess> past = new ArrayList<>();

    /** Processes with visits that wait until fewer looks are taken. */
    private final Set<HostedProcess> waiting = new LinkedHashSet<>();

    /** Processes with a spare view, and whose it is; the one that was used longest ago first. */
    private final SequencedMap<HostedProcess, ProcessRun> spares = new LinkedHashMap<>();

    private int taken;
    private int closing;

    Looks(Steps steps, Instances instances, GuestWorkers workers, Evaluations evaluations) {
        this.steps = steps;
        this.instances = instances;
        this.workers = workers;
        this.evaluations = evaluations;
    }

    /** Whether nothing is looked at. */
    boolean none() {
        return taken == 0 && closing == 0;
    }

    /** The unit ends. */
    void dropSpares() {
        List.copyOf(spares.keySet()).forEach(this::dropSpare);
    }

    /** Processes at earlier places. */
    List<HostedProcess> past() {
        return List.copyOf(past);
    }

    /**
     * A question about the present must not wait for an evaluation that takes long: it is answered
     * from the state before.
     */
    void takeWhileBusy(HostedProcess process) {
        ProcessRun run = process.run;
        if (run == null || !process.isLongInEvaluation(System.nanoTime())) {
            return;
        }
        for (Want.Visit visit : List.copyOf(process.visits)) {
            if (visit.look() != null && visit.isOfNow()) {
                take(process, run, visit, visit.look());
            }
        }
    }

    /** The process has gone by: another instance goes there, from a checkpoint or the start. */
    void takeBack(HostedProcess process, ProcessRun run, Want.Visit visit) {
        if (process.past) {
            visit.fail(passed(visit, run));
            return;
        }
        // One that failed without an instance is not told so again.
        past.removeIf(each -> !each.busy && each.run == null && each.wants() == 0);
        if (past.size() >= UnitLimits.PAST_PROCESSES_MAX) {
            visit.fail(
                    new StatusException(
                            429,
                            "compute unit looks back at as many processes as it may, try again later"));
            return;
        }
        HostedProcess earlier = HostedProcess.past(process, visit);
        past.add(earlier);
        steps.advance(earlier);
    }

    private static StatusException passed(Want.Visit visit, ProcessRun run) {
        return new StatusException(
                425,
                "message at %s %d not found cached, and earlier than latest known nonce %d"
                        .formatted(
                                visit.hasNonce() ? "nonce" : "timestamp",
                                visit.hasNonce() ? visit.nonce() : visit.timestamp(),
                                run.place().nonce()));
    }

    /**
     * Takes a picture and has it looked at; the visit stays where it is while there are too many.
     */
    void take(HostedProcess process, ProcessRun run, Want.Visit visit, Want.Look look) {
        if (process.looks.size() >= UnitLimits.LOOKS_A_PROCESS_MAX) {
            return; // goes on when one of them ends
        }
        if (taken >= UnitLimits.LOOKS_MAX) {
            waiting.add(process);
            return;
        }
        process.visits.remove(visit);
        RunView view = view(process, run);
        try {
            if (!process.busy) {
                view.open(); // later it may be somewhere else
            }
        } catch (RuntimeException e) {
            close(run, view);
            visit.fail(StepFailures.explained(process, e));
            return;
        }
        process.looks.add(view);
        taken++;
        evaluations.looks.increment();
        workers.execute(
                () -> {
                    try {
                        view.open();
                        visit.future().complete(look.at(view));
                    } catch (Exception | Error e) {
                        visit.fail(e);
                    }
                    steps.post(() -> onLooked(process, run, view));
                });
    }

    private void onLooked(HostedProcess process, ProcessRun run, RunView view) {
        process.looks.remove(view);
        taken--;
        keep(process, run, view);
        steps.advance(process);
        if (!waiting.isEmpty()) {
            HostedProcess next = waiting.iterator().next();
            waiting.remove(next);
            steps.advance(next);
        }
    }

    // ---- views that are used again

    /** The spare view, or a new one. */
    private RunView view(HostedProcess process, ProcessRun run) {
        RunView spare = process.spare;
        if (spare != null && spare.isOf(run)) {
            process.spare = null;
            spares.remove(process);
            return spare;
        }
        dropSpare(process);
        instances.borrow(run.definition().moduleId());
        return new RunView(run);
    }

    /**
     * Who asked once asks again: what a look had of the process's pages serves the next, while the
     * process stays as it is.
     */
    private void keep(HostedProcess process, ProcessRun run, RunView view) {
        boolean isWanted =
                process.run == run
                        && !process.past
                        && process.spare == null
                        && view.isOf(run)
                        && view.isReusable();
        if (!isWanted) {
            close(run, view);
            return;
        }
        process.spare = view;
        spares.put(process, run);
        if (spares.size() > UnitLimits.SPARE_VIEWS_MAX) {
            dropSpare(spares.firstEntry().getKey());
        }
        workers.later(
                UnitLimits.SPARE_VIEW_MS,
                () ->
                        steps.post(
                                () -> {
                                    if (process.spare == view) {
                                        dropSpare(process);
                                    }
                                }));
    }

    /** The process is about to go on, or to end. */
    void dropSpare(HostedProcess process) {
        RunView spare = process.spare;
        ProcessRun run = spares.remove(process);
        process.spare = null;
        if (spare != null && run != null) {
            close(run, spare);
        }
    }

    private void close(ProcessRun run, RunView view) {
        closing++;
        workers.execute(
                () -> {
                    try {
                        view.close();
                    } finally {
                        steps.post(
                                () -> {
                                    closing--;
                                    instances.giveBack(run.definition().moduleId());
                                    steps.hasEnded();
                                });
                    }
                });
    }

    /** A process at an earlier place has nothing to do any more. */
    void endPast(HostedProcess process) {
        if (!process.looks.isEmpty()) {
            return; // the last of them comes here again
        }
        instances.drop(process);
        if (!process.busy) {
            past.remove(process);
        }
    }
}
