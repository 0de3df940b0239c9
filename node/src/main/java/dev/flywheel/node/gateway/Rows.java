package dev.flywheel.node.gateway;

import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedItemException;
import dev.flywheel.protocol.Tags;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Rows of the table of entries, read back. */
final class Rows {
    /** All columns but the data itself, in the order of {@link #item}. */
    static final String COLUMNS =
            "i.seq, i.id, i.kind, i.signature_type, i.signature, i.owner, i.owner_address, i.target, i.anchor, i.tags, i.data_bytes,"
                    + " i.data_hash, i.height, i.received_ms, i.parent, i.quantity, i.reward, i.data_root";

    private Rows() {}

    static @Nullable GatewayItem find(SqlSession session, Id id) throws SQLException {
        return session.first(
                        "SELECT " + COLUMNS + " FROM item i WHERE i.id = ?",
                        Rows::item,
                        (Object) id.bytes())
                .orElse(null);
    }

    static GatewayItem require(SqlSession session, Id id) throws SQLException {
        GatewayItem item = find(session, id);
        if (item == null) {
            throw new IllegalStateException("an entry vanished id=" + id);
        }
        return item;
    }

    static GatewayItem item(ResultSet row) throws SQLException {
        byte[] target = row.getBytes(8);
        byte[] parent = row.getBytes(15);
        return new GatewayItem(
                row.getLong(1),
                Id.of(row.getBytes(2)),
                GatewayItem.Kind.valueOf(row.getString(3)),
                row.getInt(4),
                row.getBytes(5),
                row.getBytes(6),
                row.getString(7),
                target == null ? null : Id.of(target),
                row.getBytes(9),
                tags(row.getBytes(10)),
                row.getLong(11),
                row.getBytes(12),
                row.getLong(13),
                row.getLong(14),
                parent == null ? null : Id.of(parent),
                row.getString(16),
                row.getString(17),
                row.getBytes(18));
    }

    private static Tags tags(byte[] encoded) throws SQLException {
        try {
            return Tags.decode(encoded);
        } catch (MalformedItemException e) {
            throw new SQLException("the store holds tags that it cannot have written", e);
        }
    }
}
