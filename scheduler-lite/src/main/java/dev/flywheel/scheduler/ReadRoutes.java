package dev.flywheel.scheduler;

import dev.flywheel.platform.http.PathParams;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.scheduler.log.LogEntry;
import dev.flywheel.scheduler.log.PageQuery;
import dev.flywheel.scheduler.log.Schedule;
import org.jspecify.annotations.Nullable;

/** Messages, pages and processes. Blocks on journal and index. */
final class ReadRoutes {
    private final Schedule schedule;

    ReadRoutes(Schedule schedule) {
        this.schedule = schedule;
    }

    /** One route for messages, assignments and whole logs, told apart by what the id is. */
    Response entry(Request request, PathParams params) {
        String text = params.get("id");
        Id id = Id.parseOrNull(text);
        // The reference demands process-id; aoconnect leaves it out where it means the id itself.
        String processText = request.query().first("process-id");
        Id process = Id.parseOrNull(processText == null ? text : processText);
        boolean showAnchor = request.query().has("show-anchor");
        if (id != null && process != null) {
            LogEntry entry = schedule.entry(process, id);
            if (entry != null) {
                return Response.json(200, entry.served(showAnchor).toJson());
            }
            if (schedule.isProcess(id)) {
                return Response.json(200, schedule.page(id, page(request), showAnchor));
            }
        }
        throw new StatusException(400, "Message or Process not found");
    }

    Response process(PathParams params) {
        Id id = Id.parseOrNull(params.get("id"));
        ProcessRecord record = id == null ? null : schedule.process(id);
        if (record == null) {
            throw new StatusException(400, "Message or Process not found");
        }
        return Response.json(200, record.toJson());
    }

    Response latest(PathParams params) {
        Id id = Id.parseOrNull(params.get("id"));
        LogEntry latest = id == null ? null : schedule.latest(id);
        if (latest == null) {
            throw new StatusException(400, "Latest message not available");
        }
        return Response.json(200, latest.served(false).toJson());
    }

    private static PageQuery page(Request request) {
        Long fromNonce = number(request, "from-nonce");
        Long toNonce = number(request, "to-nonce");
        int limit = limit(request);
        return fromNonce != null || toNonce != null
                ? new PageQuery(true, fromNonce, toNonce, limit)
                : new PageQuery(false, number(request, "from"), number(request, "to"), limit);
    }

    private static int limit(Request request) {
        Long limit = number(request, "limit");
        if (limit == null) {
            return SchedulerLimits.PAGE_ENTRIES_DEFAULT;
        }
        if (limit < 0 || limit > Integer.MAX_VALUE) {
            throw new StatusException(
                    400, "limit must be a number from 0 to 2147483647, got " + limit);
        }
        return (int) Math.min(limit, SchedulerLimits.PAGE_ENTRIES_MAX);
    }

    /** An integer parameter; null when it is absent or empty. */
    private static @Nullable Long number(Request request, String name) {
        String text = request.query().first(name);
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new StatusException(400, name + " must be an integer, got " + text);
        }
    }
}
