package dev.flywheel.cu.unit.http;

import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Cursor;
import dev.flywheel.protocol.Id;
import org.jspecify.annotations.Nullable;

/** Reads what clients ask, and says what is wrong with it as the reference does. */
final class Asked {
    /** An id has 43. */
    private static final int QUOTED_CHARS_MAX = 64;

    private Asked() {}

    /** The text of a parameter that must be there. */
    static String processId(Request request) {
        String text = request.query().first("process-id");
        if (text == null || text.isEmpty()) {
            throw new StatusException(500, "'processId': Required.");
        }
        return text;
    }

    /** The process that a request names as a parameter, if it does. */
    static @Nullable Id processOrNull(Request request) {
        String text = request.query().first("process-id");
        return text == null ? null : Id.parseOrNull(text);
    }

    /** A process's id; what is none names no process. */
    static Id process(String text) {
        Id id = Id.parseOrNull(text);
        if (id == null) {
            throw unknown("process");
        }
        return id;
    }

    /** A message's id; what is none names no message. */
    static Id message(String text) {
        Id id = Id.parseOrNull(text);
        if (id == null) {
            throw unknown("message");
        }
        return id;
    }

    /** In the words that a scheduler's answer would be passed on with. */
    private static StatusException unknown(String what) {
        return new StatusException(
                404,
                "Error Encountered when loading "
                        + what
                        + " from Scheduler Unit: 400: {\"error\":\"Message or Process not found\"}");
    }

    static @Nullable Cursor cursor(Request request, String name) {
        String text = request.query().first(name);
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new StatusException(400, "'" + name + "': " + e.getMessage());
        }
    }

    /** A positive number, cut at {@code most}. */
    static int limit(Request request, int otherwise, int most) {
        String text = request.query().first("limit");
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            long limit = Long.parseLong(text);
            if (limit > 0) {
                return (int) Math.min(limit, most);
            }
        } catch (NumberFormatException e) {
            throw new StatusException(500, "'limit': Expected number, received " + text + ".");
        }
        throw new StatusException(500, "'limit': Number must be greater than 0.");
    }

    /** Whether newest come first: a cursor's own sort, else the query's. */
    static boolean descending(Request request, @Nullable Cursor from, @Nullable Cursor to) {
        String sort = from == null ? null : from.sort();
        if (sort == null) {
            sort = to == null ? null : to.sort();
        }
        if (sort == null) {
            sort = request.query().first("sort");
        }
        return switch (sort == null ? "ASC" : sort) {
            case "ASC" -> false;
            case "DESC" -> true;
            default ->
                    throw new StatusException(
                            500,
                            "'sort': Invalid enum value. Expected 'ASC' | 'DESC', received '"
                                    + sort
                                    + "'.");
        };
    }

    /** A client's text for an error: no longer than anybody reads. */
    static String cut(String text) {
        return text.length() <= QUOTED_CHARS_MAX
                ? text
                : text.substring(0, QUOTED_CHARS_MAX) + "...";
    }

    /** A time in milliseconds, or {@code otherwise} when there is none. */
    static long timestamp(Request request, long otherwise) {
        Cursor to = cursor(request, "to");
        return to == null ? otherwise : to.timestamp();
    }
}
