package dev.flywheel.cu.unit.peer;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.EntrySignatures;
import dev.flywheel.protocol.EntrySignatures.ForgedException;
import dev.flywheel.protocol.EntrySignatures.Proof;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.ScheduledEntry;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the signatures in logs, or lets them pass where the operator trusts whoever gives them.
 * Takes some hundred microseconds an entry. Thread-safe.
 */
public final class LogSignatures {
    private static final Logger LOG = LoggerFactory.getLogger(LogSignatures.class);

    private static final String REMEDY =
            ". Nothing was evaluated. Whoever gave it changed it or has another item of this id; ask it again, or another scheduler. Where you trust it all the same, start this unit with --check-signatures=false";

    private final boolean checks;
    private final EntrySignatures signatures = new EntrySignatures();
    private final LongAdder content = new LongAdder();
    private final LongAdder signer = new LongAdder();
    private final LongAdder none = new LongAdder();
    private final LongAdder forged = new LongAdder();

    /**
     * Numbers since the start.
     *
     * @param content entries whose message is its signer's to the last byte
     * @param signer entries whose message cannot be put together again, with a signature of its
     *     signer
     * @param none entries without a signature
     * @param forged refused
     */
    public record Counters(long content, long signer, long none, long forged) {}

    /**
     * @param checks false lets everything pass
     */
    public LogSignatures(boolean checks) {
        this.checks = checks;
    }

    /** Looks at signatures. */
    @FunctionalInterface
    private interface Look {
        Proof at(EntrySignatures signatures) throws ForgedException;
    }

    /**
     * Checks an entry.
     *
     * @throws StatusException 422 when it is not its signer's
     */
    public void check(ScheduledEntry entry) {
        check("entry " + entry.nonce(), entry.processId(), looking -> looking.check(entry));
    }

    /**
     * Checks a process's record.
     *
     * @throws StatusException 422 when it is not its signer's
     */
    public void check(ProcessRecord record) {
        check("record", record.processId(), looking -> looking.check(record));
    }

    private void check(String what, Id process, Look look) {
        if (!checks) {
            return;
        }
        try {
            count(look.at(signatures));
        } catch (ForgedException e) {
            forged.increment();
            LOG.warn("{} refused process={} because {}", what, process, e.getMessage());
            throw new StatusException(
                    422,
                    "%s of process %s is not what it says: %s%s"
                            .formatted(what, process, e.getMessage(), REMEDY));
        }
    }

    private void count(Proof proof) {
        switch (proof) {
            case CONTENT -> content.increment();
            case SIGNER -> signer.increment();
            case NONE -> none.increment();
        }
    }

    public Counters counters() {
        return new Counters(content.sum(), signer.sum(), none.sum(), forged.sum());
    }
}
