package dev.flywheel.node;

import dev.flywheel.cu.unit.ComputeUnitCounters;
import dev.flywheel.messenger.MessengerCounters;
import dev.flywheel.node.ops.Metric;
import dev.flywheel.scheduler.Scheduler;
import java.util.List;

/** The numbers of the units under the names that dashboard and metrics show. */
final class UnitMetrics {
    private UnitMetrics() {}

    static List<Metric> of(Scheduler scheduler) {
        var counters = scheduler.counters();
        return List.of(
                new Metric(
                        "flywheel_su_entries_total", "Entries acknowledged.", counters.scheduled()),
                new Metric("flywheel_su_refused_total", "Items refused.", counters.refused()),
                new Metric(
                        "flywheel_su_failed_total",
                        "Items that could not be written.",
                        counters.failed()),
                new Metric(
                        "flywheel_su_unpublished",
                        "Entries not yet uploaded to the gateway.",
                        scheduler.unpublished()),
                new Metric(
                        "flywheel_su_requests_in_flight",
                        "Requests in flight.",
                        scheduler.inFlight()));
    }

    static List<Metric> of(ComputeUnitCounters counters) {
        return List.of(
                new Metric(
                        "flywheel_cu_evaluations_total",
                        "Messages evaluated and recorded.",
                        counters.evaluated()),
                new Metric(
                        "flywheel_cu_errors_total",
                        "Evaluations whose result has an error.",
                        counters.failed()),
                new Metric("flywheel_cu_skipped_total", "Duplicates skipped.", counters.skipped()),
                new Metric(
                        "flywheel_cu_dry_runs_total",
                        "Dry runs and memory reads.",
                        counters.looks()),
                new Metric(
                        "flywheel_cu_host_limits_total",
                        "Evaluations that hit a limit of this host.",
                        counters.hostLimits()),
                new Metric(
                        "flywheel_cu_replay_differences_total",
                        "Replayed results that differed from those served before.",
                        counters.replayDifferences()),
                new Metric(
                        "flywheel_cu_memory_answers_total",
                        "Results answered from memory.",
                        counters.answersFromMemory()),
                new Metric(
                        "flywheel_cu_peer_failures_total",
                        "Calls to schedulers and gateways without a usable answer.",
                        counters.peerFailures()),
                new Metric(
                        "flywheel_cu_processes_known",
                        "Processes in memory.",
                        counters.processesKnown()),
                new Metric(
                        "flywheel_cu_processes_warm",
                        "Processes with an instance.",
                        counters.processesWarm()),
                new Metric(
                        "flywheel_cu_guest_threads",
                        "Threads for guests.",
                        counters.guestThreads()),
                new Metric(
                        "flywheel_cu_requests_in_flight",
                        "Requests in flight.",
                        counters.requestsInFlight()),
                new Metric(
                        "flywheel_cu_quarantined",
                        "Processes that stand still because their log contradicts itself.",
                        counters.quarantined()),
                new Metric(
                        "flywheel_cu_entries_proved_total",
                        "Entries whose message is its signer's to the last byte.",
                        counters.signatures().content()),
                new Metric(
                        "flywheel_cu_entries_signed_total",
                        "Entries signed by their owner over what cannot be put together again.",
                        counters.signatures().signer()),
                new Metric(
                        "flywheel_cu_entries_unsigned_total",
                        "Entries that came without a signature.",
                        counters.signatures().none()),
                new Metric(
                        "flywheel_cu_entries_forged_total",
                        "Entries refused because of their signature.",
                        counters.signatures().forged()),
                new Metric(
                        "flywheel_cu_checkpoints_written_total",
                        "Checkpoints written.",
                        counters.checkpoints().written()),
                new Metric(
                        "flywheel_cu_checkpoints_failed_total",
                        "Checkpoints that could not be written.",
                        counters.checkpoints().failed()),
                new Metric(
                        "flywheel_cu_checkpoints_resumed_total",
                        "Times that a process went on from a checkpoint.",
                        counters.checkpoints().resumed()),
                new Metric(
                        "flywheel_cu_checkpoints_bytes",
                        "Bytes of all checkpoints.",
                        counters.checkpoints().bytes()),
                new Metric(
                        "flywheel_cu_memory_budget_bytes",
                        "What processes may take together.",
                        counters.memory().budgetBytes()),
                new Metric(
                        "flywheel_cu_memory_reserved_bytes",
                        "Length of all linear memories.",
                        counters.memory().reservedBytes()),
                new Metric(
                        "flywheel_cu_memory_resident_bytes",
                        "What processes take, copies included.",
                        counters.memory().residentBytes()),
                new Metric(
                        "flywheel_cu_memory_dirty_bytes",
                        "Pages that are in no checkpoint yet.",
                        counters.memory().dirtyBytes()),
                new Metric(
                        "flywheel_cu_memory_disk_bytes",
                        "What processes take on disk.",
                        counters.memory().diskBytes()),
                new Metric(
                        "flywheel_cu_memory_put_away_total",
                        "Idle processes put away to make room.",
                        counters.memory().putAway()),
                new Metric(
                        "flywheel_cu_memory_sleep_bytes",
                        "What processes that were put away take on disk besides checkpoints.",
                        counters.memory().sleepBytes()),
                new Metric(
                        "flywheel_cu_memory_woken_total",
                        "Processes that woke from where they were put away.",
                        counters.memory().woken()),
                new Metric(
                        "flywheel_cu_memory_refused_total",
                        "Instances not made for want of memory.",
                        counters.memory().refused()),
                new Metric(
                        "flywheel_cu_modules_compiling",
                        "Modules that wait to be compiled or are being compiled.",
                        counters.modulesCompiling()),
                new Metric(
                        "flywheel_cu_modules_compiled_total",
                        "Modules compiled.",
                        counters.compiler().compiled()),
                new Metric(
                        "flywheel_cu_modules_refused_total",
                        "Modules that do not compile.",
                        counters.compiler().refused()),
                new Metric(
                        "flywheel_cu_compile_limits_total",
                        "Modules whose compile passed a limit of this host and was killed.",
                        counters.compiler().limited()),
                new Metric(
                        "flywheel_cu_compile_crashes_total",
                        "Modules over which a compiling process broke.",
                        counters.compiler().broken()),
                new Metric(
                        "flywheel_cu_compile_starts_total",
                        "Compiling processes started.",
                        counters.compiler().children()),
                new Metric(
                        "flywheel_cu_compile_processes",
                        "Compiling processes.",
                        counters.compiler().childrenNow()),
                new Metric(
                        "flywheel_cu_compile_resident_bytes",
                        "Resident memory of the compiling processes.",
                        counters.compiler().childBytes()));
    }

    static List<Metric> of(MessengerCounters counters) {
        return List.of(
                new Metric(
                        "flywheel_mu_accepted_total",
                        "Items and assignments of clients taken.",
                        counters.accepted()),
                new Metric("flywheel_mu_refused_total", "Items refused.", counters.refused()),
                new Metric(
                        "flywheel_mu_delivered_total",
                        "Pushed items that schedulers took.",
                        counters.delivered()),
                new Metric(
                        "flywheel_mu_known_total",
                        "Deliveries that a scheduler had already.",
                        counters.known()),
                new Metric(
                        "flywheel_mu_retries_total",
                        "Failures that are tried again.",
                        counters.retries()),
                new Metric("flywheel_mu_given_up_total", "Tasks given up.", counters.givenUp()),
                new Metric(
                        "flywheel_mu_dropped_total",
                        "Outbox entries that cannot be sent or exceed a limit.",
                        counters.dropped()),
                new Metric("flywheel_mu_open_tasks", "Tasks not done yet.", counters.openTasks()),
                new Metric("flywheel_mu_monitors", "Processes monitored.", counters.monitors()),
                new Metric(
                        "flywheel_mu_requests_in_flight",
                        "Requests in flight.",
                        counters.inFlight()));
    }
}
