package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.cu.unit.takeover.NodeJsImport;
import dev.flywheel.platform.sql.SqlStoreException;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a NodeJS unit's files may hold besides what is expected; each is named, the rest is taken.
 */
class NodeJsDataTest {
    private static final String MODULE = TestNetwork.MODULE.toString();
    private static final String FORMAT =
            String.valueOf(TestNetwork.MODULE_TAGS.first("Module-Format"));
    private static final byte[] MEMORY = new byte[CheckpointLimits.MEMORY_UNIT_BYTES];
    private static final String OUTPUT =
            "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":{\"data\":\"x\"},\"Patches\":[],\"GasUsed\":7}";
    private static final int PAGE_BYTES = 4096;
    private static final long TIME = 1_795_456_648_605L;

    @TempDir Path directory;
    private NodeJsData data;
    private Path target;

    @BeforeEach
    void prepare() throws Exception {
        data = new NodeJsData(directory);
        data.module(MODULE, FORMAT);
        target = directory.resolve("target");
        good("good");
    }

    @AfterEach
    void stop() throws Exception {
        data.close();
    }

    private static String id(String name) {
        return Id.sha256(name.getBytes(UTF_8)).toString();
    }

    private String good(String name) throws Exception {
        String process = id(name);
        data.memory(process, MEMORY, true);
        checkpoint(process, 5, ",\"encoding\":\"gzip\"");
        return process;
    }

    private void checkpoint(String process, long nonce, String more) throws Exception {
        data.checkpoint(
                process,
                nonce,
                TIME + nonce,
                NodeJsData.fileOf(process),
                NodeJsData.evaluation(process, MODULE, nonce, TIME + nonce, more));
    }

    /** Takes it over; the good one is always taken. */
    private ImportLines taken() throws Exception {
        ImportLines taken = ImportLines.of(data, target);
        assertThat(line(taken, "good"))
                .containsAnyOf(
                        "goes on after slot 5, memory 0 MiB; 0 results",
                        "is at slot 5 here already")
                .doesNotContain("left out");
        return taken;
    }

    private static String line(ImportLines taken, String name) {
        return taken.lines.stream()
                .filter(line -> line.startsWith("process " + id(name) + ":"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(taken.lines));
    }

    private void assertLeftOut(String name, String why) throws Exception {
        ImportLines taken = taken();
        assertThat(line(taken, name)).contains("checkpoint left out: ").contains(why);
        assertThat(taken.totals.isComplete()).isFalse();
        assertThat(checkpointsOf(name)).isEmpty();
    }

    private List<Path> checkpointsOf(String name) throws Exception {
        try (Stream<Path> all = Files.walk(target.resolve("checkpoints"))) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(id(name)))
                    .toList();
        }
    }

    // ---- checkpoints

    @Test
    void shouldNameCheckpointsWhoseMemoryIsDamaged() throws Exception {
        String cut = good("cut");
        Path file = data.memories.resolve(NodeJsData.fileOf(cut));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));
        Files.setLastModifiedTime(file, FileTime.fromMillis(NodeJsData.RECORDED_MS));
        assertLeftOut("cut", "cut short");
        // Not packed, though its row says so.
        data.memory(good("plain"), MEMORY, false);
        assertLeftOut("plain", "no gzip");
        // Packed, though its row does not say so.
        checkpoint(id("packed"), 5, "");
        data.memory(id("packed"), MEMORY, true);
        assertLeftOut("packed", "not the length of a memory");
        data.memory(good("odd"), new byte[1000], true);
        assertLeftOut("odd", "not the length of a memory: bytes=1000");
    }

    /** 64 KiB unpack to 64 MiB and a byte. */
    @Test
    void shouldKeepNothingOfWhatUnpacksToNoMemory() throws Exception {
        String bomb = good("bomb");
        Path file = data.memories.resolve(NodeJsData.fileOf(bomb));
        byte[] zeros = new byte[1 << 20];
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 64; i++) {
                out.write(zeros);
            }
            out.write(1);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(NodeJsData.RECORDED_MS));
        assertLeftOut("bomb", "not the length of a memory: bytes=67108865");
        assertThat(directoryBytes()).isLessThan(1 << 20);
    }

    private long directoryBytes() throws Exception {
        try (Stream<Path> all = Files.walk(target.resolve("checkpoints"))) {
            return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void shouldReadNoFileButTheOneThatTheUnitWroteForTheProcess() throws Exception {
        String thief = id("thief");
        for (String file :
                List.of(
                        "../" + NodeJsData.fileOf(id("good")),
                        "/etc/passwd",
                        NodeJsData.fileOf(id("good")),
                        "..",
                        "")) {
            data.run("delete from checkpoint_files where processId = '" + thief + "'");
            data.checkpoint(
                    thief, 5, TIME, file, NodeJsData.evaluation(thief, MODULE, 5, TIME, ""));
            assertLeftOut("thief", file.isEmpty() ? "file is empty" : "its file is not named");
        }
        data.run("delete from checkpoint_files where processId = '" + thief + "'");
        checkpoint(thief, 5, "");
        assertLeftOut("thief", "there is no file");
        Files.createSymbolicLink(
                data.memories.resolve(NodeJsData.fileOf(thief)), Path.of("/etc/passwd"));
        assertLeftOut("thief", "there is no file");
    }

    @Test
    void shouldNameCheckpointsThatSayNothingUsable() throws Exception {
        checkpoint(id("cron"), 5, ",\"cron\":\"0-10-minutes\"");
        assertLeftOut("cron", "stands at a cron message");
        checkpoint(id("br"), 5, ",\"encoding\":\"br\"");
        assertLeftOut("br", "unknown encoding br");
        checkpoint(id("chain"), 5, ",\"hashChain\":\"no chain\"");
        assertLeftOut("chain", "hashChain is no id");
        checkpoint(id("epoch"), 5, ",\"epoch\":1");
        assertLeftOut("epoch", "contradicts itself");
        checkpoint(id("number"), 5, ",\"blockHeight\":\"high\"");
        assertLeftOut("number", "blockHeight is no number");
        data.checkpoint(id("json"), 5, TIME, NodeJsData.fileOf(id("json")), "{");
        assertLeftOut("json", "evaluation is no JSON");
        data.checkpoint(
                id("other"),
                5,
                TIME,
                NodeJsData.fileOf(id("other")),
                NodeJsData.evaluation(id("good"), MODULE, 5, TIME, ""));
        assertLeftOut("other", "of another process");
        data.checkpoint(
                id("huge"), 5, TIME, NodeJsData.fileOf(id("huge")), "\"" + "x".repeat(2 << 20));
        assertLeftOut("huge", "evaluation is no text, or too long");
    }

    @Test
    void shouldNameCheckpointsOfModulesThatAreNotKnown() throws Exception {
        String process = good("unknown");
        data.run("delete from checkpoint_files where processId = '" + process + "'");
        String module = id("module of nobody");
        data.checkpoint(
                process,
                5,
                TIME,
                NodeJsData.fileOf(process),
                NodeJsData.evaluation(process, module, 5, TIME, ",\"encoding\":\"gzip\""));
        assertLeftOut("unknown", "does not know module " + module);
        data.module(module, "wasm128");
        assertLeftOut("unknown", "Module-Format that is not run here");
        data.run("update modules set tags = '[' where id = '" + module + "'");
        assertLeftOut("unknown", "tags of " + module + " in table modules are no JSON");
        data.insert(
                "processes",
                process,
                "",
                null,
                "",
                "{}",
                "[{\"name\":\"Module\",\"value\":\"" + MODULE + "\"}]",
                "{}");
        assertLeftOut("unknown", "the process is of module " + MODULE);
    }

    /** Killed between a memory and its row, that unit has a memory that is later than the row. */
    @Test
    void shouldNotTakeAMemoryThatIsYoungerThanWhatIsSaidOfIt() throws Exception {
        String late = good("late");
        Path file = data.memories.resolve(NodeJsData.fileOf(late));
        Files.setLastModifiedTime(file, FileTime.fromMillis(NodeJsData.RECORDED_MS + 3));
        assertLeftOut("late", "3 ms younger than its row");
        ImportLines taken = ImportLines.ignoringTimes(data, target);
        assertThat(line(taken, "late")).contains("goes on after slot 5");
        assertThat(taken.totals.isComplete()).isTrue();
    }

    // ---- results

    @Test
    void shouldTakeWhatResultsSayAndNameRowsThatAreNone() throws Exception {
        String process = id("rows");
        for (int i = 0; i < 12; i++) {
            data.evaluation(process, i, id("m" + i), TIME + 10L * i, OUTPUT);
        }
        data.cron(process, 11, "0-10-minutes", TIME + 111, OUTPUT);
        data.cron(process, 11, "1-hour", TIME + 111, OUTPUT);
        data.evaluation(process, 12, "no id", TIME + 120, OUTPUT);
        data.evaluation(process, 13, id("m13"), TIME + 130, "{\"Messages\":{}}");
        data.evaluation(process, 14, id("m14"), TIME + 140, "[".repeat(2000));
        data.evaluation(process, 15, id("m15"), TIME + 150, OUTPUT);
        data.run("update evaluations set nonce = 'five' where ordinate = '15'");
        data.evaluation(process, 16, id("m16"), TIME + 160, OUTPUT);
        data.run("update evaluations set timestamp = 1 where ordinate = '16'");
        data.evaluation(process, 17, id("m17"), TIME + 170, OUTPUT);
        data.run("update evaluations set processId = '" + id("good") + "' where ordinate = '17'");
        data.evaluation("nobody", 0, id("n"), TIME, OUTPUT);
        data.evaluation("x".repeat(50), 0, id("n"), TIME, OUTPUT);
        ImportLines taken = taken();
        assertThat(line(taken, "rows"))
                .contains("no checkpoint there")
                .contains("14 results")
                .contains("row 1795456648725,12 left out: column messageId is no id")
                .contains("row 1795456648735,13 left out: output has no lists")
                .contains(",14 left out: output is no result")
                .contains(",15 left out: column nonce is no number")
                .contains(",16 left out: id is not that of its time")
                .contains("1 more rows left out");
        assertThat(taken.lines).contains("rows left out: 2 that name no process");
        assertThat(taken.totals.isComplete()).isFalse();
        try (ResultStore store = ResultStore.open(target.resolve("results"))) {
            Id id = Id.parse(process);
            ResultRow row = store.at(id, 11).orElseThrow();
            assertThat(row.messageId()).isEqualTo(id("m11"));
            assertThat(row.assignmentId()).isNull();
            assertThat(new String(row.body().json(), UTF_8))
                    .isEqualTo(OUTPUT.replace(",\"Patches\":[]", ""));
            assertThat(store.find(id, id("m3")).orElseThrow().nonce()).isEqualTo(3);
            assertThat(store.seenBefore(id, id("m3"), 4)).isTrue();
            var query =
                    new dev.flywheel.cu.unit.store.ResultsPage.Query(null, null, true, true, 10);
            assertThat(store.page(id, query).rows())
                    .extracting(ResultRow::cron)
                    .containsExactly("1-hour", "0-10-minutes");
        }
    }

    /** Forwarded messages count as seen by their deep hash, assigned ones by their id. */
    @Test
    void shouldKnowWhatWasSeenAsThatUnitDid() throws Exception {
        String process = id("seen");
        data.evaluation(process, 0, id("m0"), TIME, OUTPUT);
        data.evaluation(process, 1, id("m1"), TIME + 1, OUTPUT);
        data.evaluation(process, 2, id("m2"), TIME + 2, OUTPUT);
        data.run("update evaluations set deepHash = 'hash' || nonce where nonce > 0");
        data.run("update messages set id = 'hash1' where seq = '0:1'");
        data.insert("messages", "hash9", process, "0:9");
        ImportLines taken = taken();
        assertThat(line(taken, "seen"))
                .contains("1 messages were evaluated there and have no result");
        try (ResultStore store = ResultStore.open(target.resolve("results"))) {
            Id id = Id.parse(process);
            assertThat(store.seenBefore(id, "hash1", 9)).isTrue();
            assertThat(store.seenBefore(id, id("m1"), 9)).isFalse();
            assertThat(store.seenBefore(id, id("m2"), 9)).isTrue();
            assertThat(store.at(id, 2).orElseThrow().kind()).isEqualTo(ResultRow.Kind.ASSIGNED);
        }
    }

    @Test
    void shouldLeaveWhatIsHereAsItIs() throws Exception {
        String process = good("here");
        data.evaluation(process, 5, id("m5"), TIME, OUTPUT);
        Id id = Id.parse(process);
        try (ResultStore store = ResultStore.open(target.resolve("results"))) {
            store.add(
                    List.of(
                            new ResultRow(
                                    id,
                                    5,
                                    0,
                                    ResultRow.Kind.MESSAGE,
                                    TIME,
                                    0,
                                    id("another message"),
                                    null,
                                    null,
                                    null,
                                    ResultRow.Body.of(EvaluationResult.empty()))));
        }
        assertLeftOut("here", "so of another log");
        assertThat(line(ImportLines.of(data, target), "here"))
                .contains("another message has a result here");
        try (ResultStore store = ResultStore.open(target.resolve("results"))) {
            assertThat(store.at(id, 5).orElseThrow().messageId()).isEqualTo(id("another message"));
        }
    }

    /** A page that is broken costs the rows on it, and those after it of the same process. */
    @Test
    void shouldGoOnAfterADamagedPartOfTheDatabase() throws Exception {
        List<String> processes =
                Stream.of("p0", "p1", "p2").map(NodeJsDataTest::id).sorted().toList();
        String marked = "mark" + "x".repeat(2_000);
        for (String process : processes) {
            for (int i = 0; i < 20; i++) {
                boolean broken = process.equals(processes.get(1)) && i == 10;
                data.evaluation(
                        process,
                        i,
                        id(process + i),
                        TIME + i,
                        OUTPUT.replace(
                                "\"x\"",
                                broken ? '"' + marked + '"' : '"' + "y".repeat(500) + '"'));
            }
        }
        data.close();
        byte[] bytes = Files.readAllBytes(data.database);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("markxx");
        int page = at / PAGE_BYTES * PAGE_BYTES;
        Arrays.fill(bytes, page, page + 64, (byte) 0x5a);
        Files.write(data.database, bytes);
        ImportLines taken = taken();
        assertThat(taken.totals.isComplete()).isFalse();
        assertThat(String.join("\n", taken.lines))
                .contains("cannot be read")
                .contains("file=" + data.database);
        for (String whole : List.of(processes.getFirst(), processes.getLast())) {
            assertThat(taken.lines)
                    .anyMatch(
                            line ->
                                    line.startsWith("process " + whole)
                                            && line.contains("; 20 results"));
        }
        assertThat(taken.lines)
                .anyMatch(
                        line ->
                                line.startsWith("process " + processes.get(1))
                                        && line.contains("cannot be read"));
    }

    // ---- the whole

    @Test
    void shouldTakeOnlyWhatIsAskedFor() throws Exception {
        good("second");
        ImportLines taken =
                ImportLines.of(
                        data,
                        target,
                        Set.of(Id.parse(id("second")), Id.parse(id("nobody"))),
                        false);
        assertThat(taken.lines)
                .hasSize(2)
                .contains("process " + id("nobody") + " left out: the database has nothing of it");
        assertThat(checkpointsOf("second")).hasSize(1);
        assertThat(checkpointsOf("good")).isEmpty();
        assertThat(taken.totals.isComplete()).isFalse();
    }

    @Test
    void shouldRefuseOtherDatabasesAndMissingDirectories() throws Exception {
        NodeJsImport.Listener nobody = new Nobody();
        var without = new NodeJsImport.Options(data.database, null, target, Set.of(), false, false);
        assertThatThrownBy(() -> NodeJsImport.open(without, nobody))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 file checkpoints")
                .hasMessageContaining("--checkpoints");
        data.run("drop table evaluations");
        data.run("drop table checkpoint_files");
        data.run("create view evaluations as select 1 as id");
        var other =
                new NodeJsImport.Options(
                        data.database, data.memories, target, Set.of(), false, false);
        assertThatThrownBy(() -> NodeJsImport.open(other, nobody))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is none of a NodeJS compute unit");
        Path text = Files.writeString(directory.resolve("text"), "no database, much too short");
        var none = new NodeJsImport.Options(text, data.memories, target, Set.of(), false, false);
        assertThatThrownBy(() -> NodeJsImport.open(none, nobody))
                .isInstanceOf(SqlStoreException.class)
                .hasMessageContaining("file=" + text);
    }

    private static final class Nobody implements NodeJsImport.Listener {
        @Override
        public void line(String line) {
            throw new AssertionError(line);
        }

        @Override
        public void progress(
                int processes, int of, dev.flywheel.cu.unit.takeover.ImportTotals soFar) {
            throw new AssertionError(soFar);
        }
    }
}
