package dev.flywheel.node.gateway;

import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.protocol.Id;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a query into one walk over the index. The filter with the fewest rows leads, in the order
 * of arrival; the others are looked up for each of its rows; so the cost follows the most selective
 * filter, not the size of the store. Ids lead always.
 */
final class QueryPlan {
    private final SqlSession session;
    private final TransactionQuery query;
    private final StringBuilder where = new StringBuilder();
    private final List<@Nullable Object> arguments = new ArrayList<>();

    /** Keys of which an entry must have one. */
    private record AnyOf(int number, List<byte[]> keys, long rows) {}

    QueryPlan(SqlSession session, TransactionQuery query) {
        this.session = session;
        this.query = query;
    }

    TransactionQuery.Page run() throws SQLException {
        List<AnyOf> filters = filters();
        List<Long> seqs = query.ids() == null ? null : seqs(query.ids());
        boolean nothing =
                (seqs != null && seqs.isEmpty())
                        || filters.stream().anyMatch(f -> f.keys().isEmpty() || f.rows() == 0);
        Long after = query.after() == null ? null : seq(query.after());
        if (nothing || (query.after() != null && after == null)) {
            return new TransactionQuery.Page(List.of(), false);
        }
        String from = from(seqs, filters);
        bounds(after);
        for (TransactionQuery.TagFilter tag : query.tags()) {
            if (tag.negated()) {
                exists("NOT EXISTS", keys(tag.values(), value -> Posting.tag(tag.name(), value)));
            }
        }
        String sql =
                "SELECT "
                        + Rows.COLUMNS
                        + " FROM "
                        + from
                        + (where.isEmpty() ? "" : " WHERE " + where)
                        + " ORDER BY i.seq "
                        + (query.ascending() ? "ASC" : "DESC")
                        + " LIMIT ?";
        arguments.add((long) query.first() + 1);
        List<GatewayItem> rows = session.query(sql, Rows::item, arguments.toArray());
        boolean more = rows.size() > query.first();
        return new TransactionQuery.Page(more ? rows.subList(0, query.first()) : rows, more);
    }

    private String from(@Nullable List<Long> seqs, List<AnyOf> filters) throws SQLException {
        AnyOf lead =
                seqs == null
                        ? filters.stream()
                                .min((a, b) -> Long.compare(a.rows(), b.rows()))
                                .orElse(null)
                        : null;
        String from = "item i";
        if (lead != null && lead.keys().size() == 1) {
            // CROSS JOIN keeps this order; seq of the posting is the order of its key's rows, so no
            // sorting is needed.
            from = "posting p CROSS JOIN item i ON i.seq = p.seq";
            and("p.key = ?", lead.keys().getFirst());
        } else if (lead != null) {
            from =
                    "(SELECT DISTINCT seq FROM posting WHERE key IN ("
                            + ItemStore.marks(lead.keys().size())
                            + ")) p CROSS JOIN item i ON i.seq = p.seq";
            arguments.addAll(lead.keys());
        } else if (seqs != null) {
            and("i.seq IN (" + ItemStore.marks(seqs.size()) + ")", seqs.toArray());
        }
        for (AnyOf filter : filters) {
            if (lead == null || filter.number() != lead.number()) {
                exists("EXISTS", filter.keys());
            }
        }
        return from;
    }

    private void bounds(@Nullable Long after) throws SQLException {
        if (after != null) {
            and(query.ascending() ? "i.seq > ?" : "i.seq < ?", after);
        }
        if (query.minHeight() != null) {
            and("i.seq >= ?", firstSeqFrom(query.minHeight()));
        }
        if (query.maxHeight() != null) {
            and("i.seq < ?", firstSeqFrom(query.maxHeight() + 1));
        }
    }

    private void exists(String word, List<byte[]> keys) {
        and(
                word
                        + " (SELECT 1 FROM posting x WHERE x.key IN ("
                        + ItemStore.marks(keys.size())
                        + ") AND x.seq = i.seq)",
                keys.toArray());
    }

    private void and(String condition, Object... values) {
        where.append(where.isEmpty() ? "" : " AND ").append(condition);
        arguments.addAll(List.of(values));
    }

    private List<AnyOf> filters() throws SQLException {
        List<AnyOf> filters = new ArrayList<>();
        add(filters, query.owners(), Posting::owner);
        add(filters, query.recipients(), Posting::recipient);
        add(filters, query.parents(), Posting::parent);
        for (TransactionQuery.TagFilter tag : query.tags()) {
            if (!tag.negated()) {
                add(filters, tag.values(), value -> Posting.tag(tag.name(), value));
            }
        }
        return filters;
    }

    private void add(
            List<AnyOf> filters, @Nullable List<String> values, Function<String, byte[]> key)
            throws SQLException {
        if (values == null) {
            return;
        }
        List<byte[]> keys = keys(values, key);
        long rows = 0;
        for (byte[] one : keys) {
            rows +=
                    session.first(
                                    "SELECT count(*) FROM (SELECT 1 FROM posting WHERE key = ? LIMIT ?)",
                                    row -> row.getLong(1),
                                    one,
                                    (long) GatewayLimits.SELECTIVITY_ROWS_MAX)
                            .orElse(0L);
        }
        filters.add(new AnyOf(filters.size(), keys, rows));
    }

    private static List<byte[]> keys(List<String> values, Function<String, byte[]> key) {
        return values.stream().distinct().map(key).toList();
    }

    private List<Long> seqs(List<Id> ids) throws SQLException {
        List<Long> seqs = new ArrayList<>();
        for (Id id : ids) {
            Long seq = seq(id);
            if (seq != null) {
                seqs.add(seq);
            }
        }
        return seqs;
    }

    private @Nullable Long seq(Id id) throws SQLException {
        return session.first(
                        "SELECT seq FROM item WHERE id = ?",
                        row -> row.getLong(1),
                        (Object) id.bytes())
                .orElse(null);
    }

    /** Heights rise with seq, so a bound on the height is a bound on seq. */
    private long firstSeqFrom(long height) throws SQLException {
        return session.first(
                        "SELECT seq FROM item WHERE height >= ? ORDER BY height, seq LIMIT 1",
                        row -> row.getLong(1),
                        height)
                .orElse(Long.MAX_VALUE);
    }
}
