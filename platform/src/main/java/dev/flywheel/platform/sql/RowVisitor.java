package dev.flywheel.platform.sql;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Looks at the current row. */
@FunctionalInterface
public interface RowVisitor {
    /** Whether the next row is wanted too. */
    boolean visit(ResultSet row) throws SQLException;
}
