package dev.flywheel.platform.sql;

import java.sql.SQLException;

/** Work on one session. */
@FunctionalInterface
public interface SqlWork<T> {
    T run(SqlSession session) throws SQLException;
}
