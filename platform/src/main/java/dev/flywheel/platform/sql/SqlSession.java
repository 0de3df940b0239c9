package dev.flywheel.platform.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its prepared statements. Valid only inside the work that it was given to; one
 * thread at a time.
 */
public final class SqlSession {
    /**
     * More distinct statements than a unit has; a unit that makes statement texts at run time
     * evicts its oldest.
     */
    private static final int STATEMENTS_MAX = 200;

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>();

    SqlSession(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /**
     * Runs a statement that changes rows and returns how many it changed. Arguments as in {@link
     * #query}.
     */
    public int update(String sql, @Nullable Object... arguments) throws SQLException {
        return bound(sql, arguments).executeUpdate();
    }

    /**
     * Runs a query and reads all rows.
     *
     * @param arguments null, String, Long, Integer, Double or byte[], one for each question mark
     */
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet result = bound(sql, arguments).executeQuery()) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        }
        return rows;
    }

    /**
     * Runs a query and passes its rows on, one in memory at a time. The visitor runs no statement
     * of the same text.
     */
    public void each(String sql, RowVisitor visitor, @Nullable Object... arguments)
            throws SQLException {
        try (ResultSet result = bound(sql, arguments).executeQuery()) {
            boolean goOn = true;
            while (goOn && result.next()) {
                goOn = visitor.visit(result);
            }
        }
    }

    /** The first row of a query, if there is one. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        try (ResultSet result = bound(sql, arguments).executeQuery()) {
            return result.next() ? Optional.of(reader.read(result)) : Optional.empty();
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            if (prepared.size() >= STATEMENTS_MAX) {
                var oldest = prepared.entrySet().iterator().next();
                prepared.remove(oldest.getKey());
                oldest.getValue().close();
            }
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (argument instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, argument);
            }
        }
        return statement;
    }
}
