package dev.flywheel.cu.unit.store;

import dev.flywheel.platform.sql.SqlSession;
import dev.flywheel.protocol.Id;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Quarantined processes beside their results, so that a restart does not forget them. */
final class QuarantineTable {
    static final String SCHEMA =
            """
            create table if not exists quarantine (
              process blob primary key, nonce integer not null, evaluated_message text, evaluated_assignment text,
              other_message text not null, other_assignment text not null, since integer not null)""";

    private QuarantineTable() {}

    static boolean add(SqlSession session, Quarantine found) throws SQLException {
        return session.update(
                        "insert or ignore into quarantine values (?, ?, ?, ?, ?, ?, ?)",
                        found.process().bytes(),
                        found.nonce(),
                        found.evaluatedMessage(),
                        found.evaluatedAssignment(),
                        found.otherMessage(),
                        found.otherAssignment(),
                        found.sinceMs())
                == 1;
    }

    static List<Quarantine> all(SqlSession session) throws SQLException {
        return session.query(
                "select process, nonce, evaluated_message, evaluated_assignment, other_message, other_assignment, since"
                        + " from quarantine order by since",
                QuarantineTable::row);
    }

    static boolean remove(SqlSession session, Id process) throws SQLException {
        return session.update("delete from quarantine where process = ?", process.bytes()) == 1;
    }

    private static Quarantine row(ResultSet row) throws SQLException {
        return new Quarantine(
                Id.of(row.getBytes(1)),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getLong(7));
    }
}
