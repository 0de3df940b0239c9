package dev.flywheel.cu.guest.differential;

/**
 * SQLite inside the guest; never {@code random()}, whose seed is real randomness on the reference.
 */
final class SqlStatements {
    private static final String ROWS = " local r = {} for row in db:rows(\"";
    private static final String SHOWN =
            "\") do for i = 1, #row do row[i] = tostring(row[i]) end r[#r + 1] = table.concat(row, ':') end return table.concat(r, ' ') end)";

    private final Draw draw;

    SqlStatements(Draw draw) {
        this.draw = draw;
    }

    /** Opens what the others use. */
    static String open() {
        return "sqlite3 = require('lsqlite3') db = db or sqlite3.open_memory()"
                + " o(db:exec('CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, name TEXT, v REAL)'))";
    }

    String statement() {
        return draw.of(
                "p(function() return db:exec(\"INSERT INTO t(name, v) VALUES('"
                        + draw.of("alice", "bob", "世界", "")
                        + "', "
                        + draw.of("1.5", "NULL", "-7", "1e300", "'text'")
                        + ")\") end)",
                "p(function() local s = db:prepare('INSERT INTO t(name, v) VALUES(?, ?)') for i = 1, "
                        + draw.between(1, 200)
                        + " do s:bind_values('n' .. i, i / "
                        + draw.between(1, 9)
                        + ") s:step() s:reset() end return s:finalize() end)",
                "p(function()"
                        + ROWS
                        + "SELECT id, name, v FROM t ORDER BY "
                        + draw.of("id", "name, id", "v DESC, id")
                        + " LIMIT "
                        + draw.between(1, 20)
                        + SHOWN,
                "p(function()"
                        + ROWS
                        + "SELECT "
                        + draw.of(
                                "count(*), sum(v), avg(v)",
                                "group_concat(name)",
                                "max(name), min(v), total(v)")
                        + " FROM t"
                        + draw.of("", " WHERE id % 2 = 0", " GROUP BY id % 3")
                        + SHOWN,
                "p(function()"
                        + ROWS
                        + "SELECT "
                        + draw.of(
                                "sqlite_version()",
                                "hex('a' || x'00ff')",
                                "printf('%.3f|%5d|%x', 2.5, 42, 255)",
                                "1/0, 7/2, 7.0/2, 9223372036854775807 + 1",
                                "datetime(0, 'unixepoch')",
                                "json_extract('{\\\"a\\\":[1,2]}', '$.a[1]')",
                                "abs(-5), round(2.5), substr('hello', 2, 3), instr('abc', 'c')",
                                "typeof(1), typeof('x'), typeof(NULL), 'a' LIKE 'A', 'a' GLOB 'A'")
                        + SHOWN,
                "p(function() return db:exec(\""
                        + draw.of(
                                "SELEC 1",
                                "INSERT INTO none VALUES(1)",
                                "UPDATE t SET v = v * 2 WHERE id % 3 = 0",
                                "DELETE FROM t WHERE id % 5 = 1",
                                "CREATE INDEX IF NOT EXISTS ti ON t(name)",
                                "BEGIN; DELETE FROM t; ROLLBACK",
                                "PRAGMA integrity_check",
                                "INSERT INTO t(id) VALUES(1)")
                        + "\"), db:errmsg(), db:changes() end)",
                "p(function() return db:exec('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < "
                        + draw.between(1, 300)
                        + ") INSERT INTO t(name, v) SELECT x, x * x FROM c'), db:total_changes() end)",
                "p(function() db:create_function('twice', 1, function(c, x) "
                        + draw.of("c:result(x * 2)", "error('inner')", "c:result_error('no')")
                        + " end)"
                        + ROWS
                        + "SELECT twice(id) FROM t LIMIT 3"
                        + SHOWN);
    }
}
