package dev.flywheel.platform.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignSqlFileTest {
    @TempDir Path directory;

    private Path scratch() {
        return directory.resolve("scratch");
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Path database(String... statements) throws SQLException, IOException {
        Path file = Files.createDirectories(directory.resolve("of others 100% #1")).resolve("a.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            run(connection, statements);
        }
        return file;
    }

    /** What lies where this file does. */
    private static Map<String, byte[]> files(Path file) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> all = Files.list(Objects.requireNonNull(file.getParent()))) {
            for (Path each : all.toList()) {
                files.put(String.valueOf(each.getFileName()), Files.readAllBytes(each));
            }
        }
        return files;
    }

    private static List<Long> ids(ForeignSqlFile file) {
        return file.read(
                session -> {
                    List<Long> ids = new ArrayList<>();
                    session.each("select id from t order by id", row -> ids.add(row.getLong(1)));
                    return ids;
                });
    }

    @Test
    void shouldReadWithoutWritingBesideTheFile() throws Exception {
        Path file =
                database(
                        "pragma journal_mode = wal",
                        "create table t (id)",
                        "insert into t values (1), (2)");
        Map<String, byte[]> before = files(file);
        assertThat(before).containsOnlyKeys("a.db");
        try (ForeignSqlFile opened = ForeignSqlFile.open(file, scratch())) {
            assertThat(ids(opened)).containsExactly(1L, 2L);
            assertThat(files(file)).containsOnlyKeys("a.db");
            assertThatThrownBy(() -> opened.read(s -> s.update("insert into t values (3)")))
                    .isInstanceOf(SqlStoreException.class);
        }
        assertThat(files(file).get("a.db")).isEqualTo(before.get("a.db"));
        assertThat(scratch()).doesNotExist();
    }

    /** A killed program leaves its last commits in the log. */
    @Test
    void shouldReadWhatIsOnlyInTheLog() throws Exception {
        Path file = database("pragma journal_mode = wal", "create table t (id)");
        try (Connection killed = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            run(killed, "insert into t values (7)");
            Map<String, byte[]> before = files(file);
            assertThat(before).containsKeys("a.db-wal");
            try (ForeignSqlFile opened = ForeignSqlFile.open(file, scratch())) {
                assertThat(ids(opened)).containsExactly(7L);
            }
            assertThat(files(file).get("a.db-wal")).isEqualTo(before.get("a.db-wal"));
            assertThat(files(file).get("a.db")).isEqualTo(before.get("a.db"));
        }
        assertThat(scratch()).doesNotExist();
    }

    @Test
    void shouldTellTablesFromWhatLooksLikeThem() throws Exception {
        Path file = database("create table t (id, name)", "create view v as select 1 as id");
        try (ForeignSqlFile opened = ForeignSqlFile.open(file, scratch())) {
            assertThat(opened.isTable("t", List.of("name", "id"))).isTrue();
            assertThat(opened.isTable("t", List.of("other"))).isFalse();
            assertThat(opened.isTable("v", List.of("id"))).isFalse();
            assertThat(opened.isTable("none", List.of())).isFalse();
        }
    }

    @Test
    void shouldNameWhatIsNoDatabase() throws Exception {
        Path text = Files.write(directory.resolve("text.db"), "no database at all".getBytes(UTF_8));
        assertThatThrownBy(() -> ForeignSqlFile.open(text, scratch()))
                .isInstanceOf(SqlStoreException.class)
                .hasMessageContaining("file=" + text);
        Path none = directory.resolve("none.db");
        assertThatThrownBy(() -> ForeignSqlFile.open(none, scratch()))
                .hasMessageContaining("there is no such file");
        assertThat(none).doesNotExist();
    }
}
