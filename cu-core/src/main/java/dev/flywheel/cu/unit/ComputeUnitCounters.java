package dev.flywheel.cu.unit;

import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.unit.peer.LogSignatures;

/**
 * Numbers of a compute unit since its start, or now.
 *
 * @param evaluated messages evaluated and recorded, cron messages and replays included
 * @param failed those of them whose result has an error
 * @param skipped entries skipped as duplicates
 * @param looks dry runs and memory reads
 * @param hostLimits evaluations that hit a limit of this host
 * @param replayDifferences replayed results that differed from those served before
 * @param answersFromMemory results answered from memory
 * @param peerFailures calls to schedulers and gateways without a usable answer
 * @param processesKnown processes in memory now
 * @param processesWarm processes with an instance now
 * @param guestThreads threads for guests now
 * @param requestsInFlight requests that wait now
 * @param quarantined processes of which nothing is evaluated, since their logs contradict
 *     themselves
 * @param signatures entries of logs by what their signatures prove
 * @param memory what processes take
 * @param checkpoints numbers of checkpoints
 * @param modulesCompiling modules that wait to be compiled or are being compiled now
 * @param compiler numbers of the compiling processes
 */
public record ComputeUnitCounters(
        long evaluated,
        long failed,
        long skipped,
        long looks,
        long hostLimits,
        long replayDifferences,
        long answersFromMemory,
        long peerFailures,
        int processesKnown,
        int processesWarm,
        int guestThreads,
        int requestsInFlight,
        int quarantined,
        LogSignatures.Counters signatures,
        MemoryCounters memory,
        CheckpointCounters checkpoints,
        int modulesCompiling,
        CompileCounters compiler) {}
