package dev.flywheel.cu.unit.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.AnswerTooLargeException;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.SchedulePage;
import dev.flywheel.protocol.ScheduledEntry;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A scheduler unit. Its answers are read strictly and believed only as far as {@code LogReader}
 * goes. Blocks. Thread-safe.
 */
public final class SchedulerUnit implements Scheduler {
    private static final String LOADING = "Error Encountered when loading ";
    private static final String FROM = " from Scheduler Unit";

    private final SchedulerLocator locator;
    private final Peers peers;

    public SchedulerUnit(SchedulerLocator locator, Peers peers) {
        this.locator = locator;
        this.peers = peers;
    }

    @Override
    public ProcessRecord process(Id process) {
        String what = LOADING + "process" + FROM;
        String url = locator.locate(process) + "/processes/" + process;
        try {
            ProcessRecord record = ProcessRecord.parse(peers.load(what, Call.get(url)));
            if (!record.processId().equals(process)) {
                throw unusable(what, url, "is about process " + record.processId());
            }
            return record;
        } catch (MalformedJsonException e) {
            throw unusable(what, url, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Place place(Id process, Id message) {
        String what = LOADING + "message" + FROM;
        String url = locator.locate(process) + "/" + message + "?process-id=" + process;
        byte[] body = peers.load(what, Call.get(url));
        try {
            JsonNode json = Json.MAPPER.readTree(body);
            if (json.path("assignment").isObject()) {
                ScheduledEntry entry = ScheduledEntry.read(json);
                if (!entry.processId().equals(process)) {
                    throw unusable(what, url, "is about process " + entry.processId());
                }
                return new Place(entry.nonce(), entry);
            }
            JsonNode nonce = json.path("nonce");
            if (nonce.isNumber() || nonce.isString()) {
                return new Place(Long.parseLong(nonce.asString()), null);
            }
            if (json.path("edges").isArray()) { // the id of another process: its log
                throw new StatusException(
                        404, what + ": 400: {\"error\":\"Message or Process not found\"}");
            }
            throw unusable(what, url, "is no message: " + Peers.brief(new String(body, UTF_8)));
        } catch (MalformedJsonException | JacksonException | NumberFormatException e) {
            throw unusable(what, url, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public SchedulePage page(Id process, long after) {
        return PageSizes.fitting(
                LOADING + "messages" + FROM,
                (entries, bytesMax) -> read(process, after, entries, bytesMax));
    }

    @Override
    public @Nullable ScheduledEntry entry(Id process, long nonce) {
        SchedulePage page;
        try {
            page = read(process, nonce - 1, 1, UnitLimits.ENTRY_JSON_BYTES_MAX);
        } catch (AnswerTooLargeException e) {
            throw new StatusException(502, LOADING + "message" + FROM + ": " + e.getMessage());
        }
        for (SchedulePage.Edge edge : page.edges()) {
            if (edge.node().nonce() == nonce) {
                return edge.node();
            }
        }
        return null;
    }

    private SchedulePage read(Id process, long after, int limit, long bytesMax)
            throws AnswerTooLargeException {
        String what = LOADING + "messages" + FROM;
        String url =
                locator.locate(process)
                        + "/"
                        + process
                        + "?process-id="
                        + process
                        + (after < 0 ? "" : "&from-nonce=" + after)
                        + "&limit="
                        + limit;
        try {
            return SchedulePage.parse(peers.load(what, Call.get(url), bytesMax));
        } catch (MalformedJsonException e) {
            throw unusable(what, url, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Now now(Id process) {
        String what = LOADING + "timestamp" + FROM;
        String url = locator.locate(process) + "/timestamp?process-id=" + process;
        byte[] body = peers.load(what, Call.get(url));
        try {
            JsonNode json = Json.MAPPER.readTree(body);
            return new Now(
                    Long.parseLong(json.path("timestamp").asString("")),
                    Long.parseLong(json.path("block_height").asString("")));
        } catch (JacksonException | NumberFormatException e) {
            throw unusable(what, url, String.valueOf(e.getMessage()));
        }
    }

    private static StatusException unusable(String what, String url, String why) {
        return new StatusException(502, what + ": answer of " + url + " is unusable: " + why);
    }
}
