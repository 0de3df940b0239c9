package dev.flywheel.cu.unit.takeover;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.Id;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the columns of one row by their names. SQLite keeps values of any type and length in any
 * column, so each is looked at.
 */
final class Cells {
    /** A nonce, a height, a time: what JavaScript can count to. */
    private static final long NUMBER_MAX = 1L << 53;

    private final ResultSet row;

    Cells(ResultSet row) {
        this.row = row;
    }

    /**
     * A column for a select: as it is, but a longer text becomes an empty blob, which is read as a
     * wrong type without its bytes having been in memory.
     */
    static String bounded(String column, int bytesMax) {
        return String.format(
                Locale.ROOT,
                "case when octet_length(\"%s\") > %d then x'' else \"%s\" end as \"%s\"",
                column,
                bytesMax,
                column,
                column);
    }

    static String small(String column) {
        return bounded(column, UnitLimits.IMPORT_TEXT_BYTES_MAX);
    }

    /** The text, or null where the row has none. */
    @Nullable String textOrNull(String column) throws SQLException, LeftOutException {
        Object value = row.getObject(column);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new LeftOutException("column " + column + " is no text, or too long");
    }

    /** The text, or null where there is none, or something else. */
    @Nullable String anyTextOrNull(String column) throws SQLException {
        return row.getObject(column) instanceof String text ? text : null;
    }

    String text(String column) throws SQLException, LeftOutException {
        String text = textOrNull(column);
        if (text == null || text.isEmpty()) {
            throw new LeftOutException("column " + column + " is empty");
        }
        return text;
    }

    Id id(String column) throws SQLException, LeftOutException {
        Id id = Id.parseOrNull(textOrNull(column));
        if (id == null) {
            throw new LeftOutException("column " + column + " is no id");
        }
        return id;
    }

    /** A number that is not negative, or null where the row has none. */
    @Nullable Long numberOrNull(String column) throws SQLException, LeftOutException {
        Object value = row.getObject(column);
        if (value == null) {
            return null;
        }
        long number =
                switch (value) {
                    case Integer n -> n;
                    case Long n -> n;
                    case String text when text.matches("\\d{1,15}") -> Long.parseLong(text);
                    default -> -1;
                };
        if (number < 0 || number > NUMBER_MAX) {
            throw new LeftOutException("column " + column + " is no number");
        }
        return number;
    }

    long number(String column) throws SQLException, LeftOutException {
        Long number = numberOrNull(column);
        if (number == null) {
            throw new LeftOutException("column " + column + " is empty");
        }
        return number;
    }
}
