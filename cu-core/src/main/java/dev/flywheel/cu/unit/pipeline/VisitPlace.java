package dev.flywheel.cu.unit.pipeline;

/** Whether a process is where a visit wants it. */
enum VisitPlace {
    BEFORE,
    REACHED,
    PASSED;

    /** For a process that stands still. */
    static VisitPlace of(HostedProcess process, ProcessRun run, Want.Visit visit) {
        boolean looks = visit.look() != null;
        long nonce = run.place().nonce();
        if (visit.hasNonce()) {
            if (nonce < visit.nonce()) {
                return BEFORE;
            }
            boolean beyond = nonce > visit.nonce() || run.hasTicked();
            return looks && beyond ? PASSED : REACHED;
        }
        if (nonce == LogReader.Place.NOTHING) {
            return BEFORE;
        }
        if (run.timestamp() > visit.timestamp()) {
            return looks ? PASSED : REACHED;
        }
        LogEntry next = process.entries.peek();
        if (next != null) {
            return next.timestamp() > visit.timestamp() && ticked(process, visit.timestamp())
                    ? REACHED
                    : BEFORE;
        }
        boolean fresh = process.atEnd && process.endAskedNs - visit.sinceNs() >= 0;
        return fresh && ticked(process, Math.min(process.ticksUntil, visit.timestamp()))
                ? REACHED
                : BEFORE;
    }

    private static boolean ticked(HostedProcess process, long until) {
        ProcessDefinition definition = process.definition;
        return definition == null || definition.crons().isEmpty() || process.tickedUntil >= until;
    }
}
