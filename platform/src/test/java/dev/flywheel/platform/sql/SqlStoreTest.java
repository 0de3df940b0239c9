package dev.flywheel.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlStoreTest {
    private static final List<String> SCHEMA =
            List.of("create table if not exists t (id integer primary key, name text, data blob)");

    @TempDir Path directory;

    private static List<Long> ids(SqlStore store) {
        return store.read(s -> s.query("select id from t order by id", r -> r.getLong(1)));
    }

    @Test
    void shouldKeepWhatWasWrittenOverReopening() {
        Path file = directory.resolve("a.db");
        try (SqlStore store = SqlStore.open(file, SCHEMA, Durability.ACK_SURVIVES_POWER_LOSS)) {
            store.write(
                    s -> s.update("insert into t values (?, ?, ?)", 1L, "one", new byte[] {1, 2}));
            store.write(s -> s.update("insert into t values (?, ?, ?)", 2L, null, null));
        }
        try (SqlStore store = SqlStore.open(file, SCHEMA, Durability.ACK_SURVIVES_KILL)) {
            assertThat(ids(store)).containsExactly(1L, 2L);
            Optional<byte[]> data =
                    store.read(
                            s ->
                                    s.first(
                                            "select data from t where id = ?",
                                            r -> r.getBytes(1),
                                            1L));
            assertThat(data).hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(1, 2));
            Optional<Long> none =
                    store.read(
                            s -> s.first("select id from t where id = ?", r -> r.getLong(1), 9L));
            assertThat(none).isEmpty();
        }
    }

    @Test
    void shouldUndoAllOfAWriteThatFails() {
        try (SqlStore store =
                SqlStore.open(directory.resolve("b.db"), SCHEMA, Durability.REBUILDABLE)) {
            assertThatThrownBy(
                            () ->
                                    store.write(
                                            s -> {
                                                s.update("insert into t values (1, 'x', null)");
                                                return s.update(
                                                        "insert into t values (1, 'y', null)");
                                            }))
                    .isInstanceOf(SqlStoreException.class)
                    .hasMessageContaining("b.db");
            assertThat(ids(store)).isEmpty();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        SqlStore store = SqlStore.open(directory.resolve("c.db"), SCHEMA, Durability.REBUILDABLE);
        store.close();
        store.close();
        assertThatThrownBy(() -> store.read(s -> 1)).isInstanceOf(SqlStoreException.class);
        assertThatThrownBy(() -> store.write(s -> 1)).isInstanceOf(SqlStoreException.class);
    }

    @Test
    void shouldRefuseWritesOnReadSessions() {
        try (SqlStore store =
                SqlStore.open(directory.resolve("d.db"), SCHEMA, Durability.REBUILDABLE)) {
            assertThatThrownBy(
                            () -> store.read(s -> s.update("insert into t values (1, 'x', null)")))
                    .isInstanceOf(SqlStoreException.class);
        }
    }

    @Test
    void shouldNameTheFileThatIsNoStore() throws Exception {
        Path file = directory.resolve("e.db");
        Files.writeString(
                file, "this is not a database, and long enough to be looked at as one ".repeat(20));
        assertThatThrownBy(() -> SqlStore.open(file, SCHEMA, Durability.REBUILDABLE))
                .isInstanceOf(SqlStoreException.class)
                .hasMessageContaining("e.db");
    }
}
