package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.ScheduledEntry;
import org.jspecify.annotations.Nullable;

/** Who waits for results, and what they brought along. Dispatch thread only. */
final class Readers {
    private final Steps steps;
    private final Pipeline.Parts parts;
    private final long hydrationNonces;

    Readers(Steps steps, Pipeline.Parts parts, long hydrationNonces) {
        this.steps = steps;
        this.parts = parts;
        this.hydrationNonces = hydrationNonces;
    }

    void add(HostedProcess process, Want.Result reader) {
        long evaluated = process.place().nonce();
        long remaining = reader.nonce() - evaluated;
        if (hydrationNonces > 0
                && reader.slot() == null // a node would only ask again: it waits
                && process.busy
                && evaluated > 0
                && remaining > hydrationNonces) {
            reader.fail(
                    new StatusException(
                            503,
                            "Nonce limit exceeded: process %s is currently hydrating with >%d nonces remaining (%d remaining). Please try again later."
                                    .formatted(process.id, hydrationNonces, remaining)));
            return;
        }
        if (reader.nonce() <= process.recordedNonce) {
            reread(process, reader);
        } else {
            process.add(reader);
        }
    }

    /** The result was recorded while the reader was on its way here, or has got lost. */
    private void reread(HostedProcess process, Want.Result reader) {
        steps.io(
                reader::fail,
                () ->
                        reader.nonce() == Want.Result.OF_PROCESS
                                ? parts.store().find(process.id, process.id.toString())
                                : parts.store().at(process.id, reader.nonce()),
                found -> {
                    if (found.isPresent()) {
                        reader.complete(found.get(), parts.answers().keep(found.get()));
                    } else {
                        process.recordedNonce = LogReader.Place.NOTHING;
                        process.resetWanted = true;
                        process.wentBack = true;
                        process.add(reader);
                        steps.advance(process);
                    }
                });
    }

    static void answer(HostedProcess process, ResultRow row) {
        process.answer(row.nonce(), row);
        if (row.nonce() <= 0 && row.messageId().equals(process.id.toString())) {
            process.answer(Want.Result.OF_PROCESS, row);
        }
    }

    /**
     * The next entry where a reader brought it along. One that does not follow is an error of that
     * reader alone: others may have brought the right one, or the scheduler has it.
     */
    static @Nullable ScheduledEntry entryAtHand(
            HostedProcess process, ProcessDefinition definition, LogReader.Place place) {
        while (true) {
            Want.Result reader = process.readerWithNext();
            ScheduledEntry entry = reader == null ? null : reader.entry();
            if (reader == null || entry == null) {
                return null;
            }
            StatusException refusal = LogReader.refusal(definition, place, entry);
            if (refusal == null) {
                return entry;
            }
            process.remove(reader);
            reader.fail(refusal);
        }
    }
}
