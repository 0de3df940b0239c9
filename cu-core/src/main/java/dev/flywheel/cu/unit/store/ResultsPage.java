package dev.flywheel.cu.unit.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.protocol.Cursor;
import dev.flywheel.protocol.Id;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page of a process's results.
 *
 * <p>Where the reference compares row names as text (nonce "10" before "9"), places are compared as
 * numbers, and results with an error are left out before pages are cut, so that a page is full and
 * tells rightly whether another follows.
 *
 * @param rows the results in order
 * @param hasNextPage whether more follow
 */
public record ResultsPage(List<ResultRow> rows, boolean hasNextPage) {

    public ResultsPage {
        rows = List.copyOf(rows);
    }

    /**
     * What is wanted.
     *
     * @param from results after this place; null for the beginning
     * @param to results up to this place, itself included; null for the end
     * @param descending newest first
     * @param cronOnly cron messages only
     * @param limit most rows
     */
    public record Query(
            @Nullable Cursor from,
            @Nullable Cursor to,
            boolean descending,
            boolean cronOnly,
            int limit) {}

    private record Place(long nonce, long seq) {}

    private record Sized(Place place, long bytes) {}

    private static final Place BEGINNING = new Place(Long.MIN_VALUE, Long.MIN_VALUE);
    private static final Place END = new Place(Long.MAX_VALUE, Long.MAX_VALUE);

    static ResultsPage read(SqlSession session, Id process, Query query) throws SQLException {
        Place from = query.from() == null ? BEGINNING : place(session, process, query.from());
        Place to = query.to() == null ? END : place(session, process, query.to());
        String where =
                " from result where process = ? and (nonce, seq) > (?, ?) and (nonce, seq) <= (?, ?)"
                        + ResultStore.listed()
                        + (query.cronOnly() ? " and cron is not null" : "");
        String direction = query.descending() ? " desc" : "";
        String order = " order by nonce" + direction + ", seq" + direction;
        // Sizes first: the bodies of a page may be larger than all memory.
        List<Sized> sizes =
                session.query(
                        "select nonce, seq, length(body)" + where + order + " limit ?",
                        row -> new Sized(new Place(row.getLong(1), row.getLong(2)), row.getLong(3)),
                        process.bytes(),
                        from.nonce(),
                        from.seq(),
                        to.nonce(),
                        to.seq(),
                        query.limit() + 1L);
        int count = fitting(sizes, query.limit());
        if (count == 0) {
            return new ResultsPage(List.of(), !sizes.isEmpty());
        }
        List<ResultRow> rows =
                session.query(
                        "select " + ResultStore.columns() + where + order + " limit ?",
                        ResultStore::row,
                        process.bytes(),
                        from.nonce(),
                        from.seq(),
                        to.nonce(),
                        to.seq(),
                        (long) count);
        return new ResultsPage(rows, sizes.size() > count);
    }

    private static int fitting(List<Sized> sizes, int limit) {
        long bytes = 0;
        int count = 0;
        while (count < Math.min(limit, sizes.size())) {
            bytes += sizes.get(count).bytes();
            if (bytes > UnitLimits.PAGE_BYTES_MAX && count > 0) {
                break;
            }
            count++;
        }
        return count;
    }

    /** The last place that is not after the cursor. */
    private static Place place(SqlSession session, Id process, Cursor cursor) throws SQLException {
        Long nonce = nonce(cursor.ordinate());
        if (nonce == null) { // a bare time
            return session.first(
                            "select nonce, seq from result where process = ? and timestamp <= ?"
                                    + " order by nonce desc, seq desc limit 1",
                            row -> new Place(row.getLong(1), row.getLong(2)),
                            process.bytes(),
                            cursor.timestamp())
                    .orElse(BEGINNING);
        }
        if (cursor.cron() == null) {
            return new Place(nonce, 0);
        }
        Optional<Place> exact =
                session.first(
                        "select nonce, seq from result where process = ? and nonce = ? and timestamp = ? and cron = ?",
                        row -> new Place(row.getLong(1), row.getLong(2)),
                        process.bytes(),
                        nonce,
                        cursor.timestamp(),
                        cursor.cron());
        return exact.isPresent()
                ? exact.get()
                : session.first(
                                "select nonce, seq from result where process = ? and nonce = ? and timestamp <= ?"
                                        + " order by seq desc limit 1",
                                row -> new Place(row.getLong(1), row.getLong(2)),
                                process.bytes(),
                                nonce,
                                cursor.timestamp())
                        .orElse(new Place(nonce, 0));
    }

    private static @Nullable Long nonce(@Nullable String ordinate) {
        try {
            return ordinate == null ? null : Long.valueOf(ordinate);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The answer: edges with their cursors, bodies copied as they are stored. */
    public byte[] toJson(String sort) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(1024);
        put(json, "{\"pageInfo\":{\"hasNextPage\":" + hasNextPage + "},\"edges\":[");
        String separator = "";
        for (ResultRow row : rows) {
            put(json, separator + "{\"node\":");
            ResultRow.Body body = row.body();
            json.write(body.json(), 0, body.gasFrom());
            json.write(body.json(), body.gasTo(), body.json().length - body.gasTo());
            Cursor cursor =
                    new Cursor(row.timestamp(), Long.toString(row.nonce()), row.cron(), sort);
            put(json, ",\"cursor\":\"" + cursor.encode() + "\"}");
            separator = ",";
        }
        put(json, "]}");
        return json.toByteArray();
    }

    private static void put(ByteArrayOutputStream json, String ascii) {
        json.writeBytes(ascii.getBytes(US_ASCII));
    }
}
