package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.AnswerTooLargeException;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A HyperBEAM node as the scheduler of all processes: its {@code ~scheduler@1.0/schedule}, which
 * knows the processes of other nodes and of scheduler units too. Blocks. Thread-safe.
 */
public final class HyperBeamNode implements Scheduler {
    private static final String ERROR = "Error Encountered when loading ";
    private static final String FROM = " from HyperBEAM";

    private final String base;
    private final Gateway gateway;
    private final Peers peers;

    /**
     * @param node address of the node
     * @param gateway for processes whose log begins without them
     */
    public HyperBeamNode(URI node, Gateway gateway, Peers peers) {
        this.base = node.toString().replaceAll("/+$", "");
        this.gateway = gateway;
        this.peers = peers;
    }

    @Override
    public ProcessRecord process(Id process) {
        HyperBeamPage page = read("process", process, 0);
        if (page.entries().isEmpty()) {
            throw new StatusException(
                    404,
                    ERROR
                            + "process"
                            + FROM
                            + ": "
                            + base
                            + " has no slot 0 of process "
                            + process
                            + "; is it a process, and does this node know its scheduler?");
        }
        ScheduledEntry first = page.entries().getFirst();
        ProcessRecord record = ProcessRecord.of(first);
        if (record != null && record.processId().equals(process)) {
            return record;
        }
        Gateway.Item item = gateway.item(process);
        return new ProcessRecord(
                process,
                first.blockHeight(),
                item.owner(),
                item.tags(),
                first.timestamp(),
                null,
                item.anchor(),
                item.signature(),
                item.recipient());
    }

    /** A node finds no message by its id: who is behind one is asked by slot. */
    @Override
    public Place place(Id process, Id message) {
        throw new StatusException(
                404,
                "message %s of process %s has no result here yet. This unit is behind HyperBEAM, whose schedule knows slots only: ask for /result/SLOT?process-id=%s"
                        .formatted(message, process, process));
    }

    @Override
    public SchedulePage page(Id process, long after) {
        long from = Math.max(0, after + 1);
        return PageSizes.fitting(
                ERROR + "messages" + FROM,
                (entries, bytesMax) ->
                        page(
                                read("messages", process, from, from + entries - 1, bytesMax),
                                entries));
    }

    private static SchedulePage page(HyperBeamPage page, int asked) {
        List<SchedulePage.Edge> edges = new ArrayList<>(page.entries().size());
        for (ScheduledEntry entry : page.entries()) {
            edges.add(new SchedulePage.Edge(entry, Long.toString(entry.nonce())));
        }
        // It is asked for a range and may not look beyond its end.
        boolean full = edges.size() >= asked;
        return new SchedulePage(!edges.isEmpty() && (page.hasNextPage() || full), edges);
    }

    @Override
    public @Nullable ScheduledEntry entry(Id process, long nonce) {
        for (ScheduledEntry entry : read("message", process, nonce).entries()) {
            if (entry.nonce() == nonce) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public Now now(Id process) {
        HyperBeamPage page = read("timestamp", process, 0);
        return new Now(page.timestamp(), page.blockHeight());
    }

    /** One entry. */
    private HyperBeamPage read(String what, Id process, long slot) {
        try {
            return read(what, process, slot, slot, UnitLimits.ENTRY_JSON_BYTES_MAX);
        } catch (AnswerTooLargeException e) {
            throw new StatusException(502, ERROR + what + FROM + ": " + e.getMessage());
        }
    }

    /** Both ends are included, and so the reference asks: the limit is for other versions. */
    private HyperBeamPage read(String what, Id process, long from, long to, long bytesMax)
            throws AnswerTooLargeException {
        String url =
                "%s/~scheduler@1.0/schedule?target=%s&from=%d&to=%d&limit=%d&accept=application/aos-2"
                        .formatted(base, process, from, to, to - from + 1);
        try {
            return HyperBeamPage.parse(peers.load(ERROR + what + FROM, Call.get(url), bytesMax));
        } catch (MalformedJsonException e) {
            throw new StatusException(
                    502,
                    "%s%s%s: answer of %s is unusable: %s"
                            .formatted(ERROR, what, FROM, url, e.getMessage()));
        }
    }
}
