package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.platform.sql.Durability;
import dev.flywheel.platform.sql.SqlStore;
import dev.flywheel.platform.sql.SqlStoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupWriterTest {
    private static final List<String> SCHEMA =
            List.of("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY)");

    @TempDir Path directory;

    @Test
    void shouldLetAWorkFailAlone() throws Exception {
        try (SqlStore store = open();
                GroupWriter writer = new GroupWriter(store)) {
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            writes.add(
                    writer.submit(
                            s -> {
                                try {
                                    assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                return s.update("INSERT INTO t VALUES (1)");
                            }));
            // These wait for the first and share a commit, in which one cannot be done.
            for (int id : new int[] {2, 1, 3}) {
                writes.add(writer.submit(s -> s.update("INSERT INTO t VALUES (?)", id)));
            }
            go.countDown();
            assertThat(writes.get(0).get(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(writes.get(1).get(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThatThrownBy(() -> writes.get(2).get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SqlStoreException.class);
            assertThat(writes.get(3).get(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(ids(store)).containsExactly(1, 2, 3);
            assertThatThrownBy(() -> writer.write(s -> s.update("INSERT INTO t VALUES (1)")))
                    .isInstanceOf(SqlStoreException.class);
        }
    }

    @Test
    void shouldWriteWhatWaitsBeforeItCloses() {
        try (SqlStore store = open()) {
            try (GroupWriter writer = new GroupWriter(store)) {
                for (int i = 0; i < 500; i++) {
                    int id = i;
                    writer.submit(s -> s.update("INSERT INTO t VALUES (?)", id));
                }
            }
            assertThat(ids(store)).hasSize(500);
        }
    }

    private SqlStore open() {
        return SqlStore.open(directory.resolve("t.db"), SCHEMA, Durability.ACK_SURVIVES_KILL);
    }

    private static List<Integer> ids(SqlStore store) {
        return store.read(s -> s.query("SELECT id FROM t ORDER BY id", r -> r.getInt(1)));
    }
}
