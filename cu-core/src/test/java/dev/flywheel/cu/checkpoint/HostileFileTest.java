package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are whole but wrong are refused, before anything is allocated for what they say. */
class HostileFileTest {
    private static final int PAGE = TestProcess.PAGE;

    /** What one refusal may allocate: its own buffers, not what the file asks for. */
    private static final long ALLOCATED_MAX = 8 << 20;

    @TempDir Path directory;

    private Path file() {
        return CheckpointName.directory(directory, TestProcess.ORIGIN.process())
                .resolve("5-0.checkpoint");
    }

    private void refused(Path file, String why) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> CheckpointTool.verify(file, bytes -> {}))
                .isInstanceOf(CheckpointDamagedException.class)
                .hasMessageContaining(why);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_MAX);
        CheckpointStore store = CheckpointStore.open(directory, RetentionPolicy.defaults());
        store.newest(TestProcess.ORIGIN, 99)
                .filter(found -> found.file().equals(file))
                .ifPresent(HostileFileTest::assertUnusable);
    }

    /** A right end says nothing of what is in the frames: that shows when it is restored. */
    private static void assertUnusable(Checkpoint found) {
        assertThatThrownBy(() -> TestProcess.restored(found))
                .isInstanceOf(CheckpointDamagedException.class);
    }

    @Test
    void shouldTakeWhatIsRight() throws IOException {
        CraftedFile crafted = new CraftedFile(1).numbers(0, 1, 0, 16);
        crafted.write(file());
        assertThat(TestProcess.restored(CheckpointTool.verify(file(), bytes -> {})))
                .containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"memoryBytes\":65536','\"memoryBytes\":17179934720',not a state",
        "'\"memoryBytes\":65536','\"memoryBytes\":-65536',not a state",
        "'\"memoryBytes\":65536','\"memoryBytes\":65537',not a state",
        "'\"memoryBytes\":65536','\"memoryBytes\":1e99',no whole number",
        "'\"memoryBytes\":65536','\"memoryBytes\":99999999999999999999',no whole number",
        "'\"memoryBytes\":65536','\"memoryBytes\":\"65536\"',no whole number",
        "'\"depth\":0','\"depth\":1',not a link",
        "'\"depth\":0','\"depth\":-1',depth=-1",
        "'\"depth\":0','\"depth\":65',depth=65",
        "'\"seq\":0','\"seq\":-1',not a link",
        "'\"nonce\":5','\"nonce\":-3',not a place",
        "'\"cronCount\":0','\"cronCount\":-1',not a place",
        "'\"globals\":{}','\"globals\":[]',no object globals",
        "'\"globals\":{}','\"globals\":{\"a\":\"12\"}',16 digits",
        "'\"globals\":{}','\"globals\":{\"a\":\"000000000000000x\"}',",
        "'\"globals\":{}','\"globals\":{\"a\":\"0000000000000001\"}',state hash",
        "'\"extras\":{}','\"extras\":{\"a\":1}',no text extras",
        "'\"parent\":null','\"parent\":{\"file\":\"../x\",\"sha256\":\"\"}',no checkpoint",
        "'\"parent\":null','\"parent\":{\"file\":\"4-0.checkpoint\"}',no text parent.sha256",
        "'\"process\":\"','\"process\":\"x',An id is 43",
        "'{\"process\"','[{\"process\"',no JSON",
        "'\"passes\"','\"asses\"',no text passes",
    })
    void shouldRefuseManifestsThatSayWhatCannotBe(String part, String by, String why)
            throws IOException {
        CraftedFile crafted = new CraftedFile(1).numbers(0, 1, 0, 16).replace(part, by);
        crafted.write(file());
        refused(file(), why == null ? "" : why);
    }

    @Test
    void shouldRefuseManifestsWithTooMuchInThem() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= CheckpointLimits.EXTRAS_MAX; i++) {
            many.append(i == 0 ? "" : ",").append("\"").append(i).append("\":\"\"");
        }
        new CraftedFile(1)
                .numbers(0, 1, 0, 16)
                .replace("\"extras\":{}", "\"extras\":{" + many + "}")
                .write(file());
        refused(file(), "too many entries");
        new CraftedFile(1)
                .numbers(0, 1, 0, 16)
                .replace("\"passes\":\"", "\"passes\":\"" + "x".repeat(2_000))
                .write(file());
        refused(file(), "text too long");
        new CraftedFile(1)
                .numbers(0, 1, 0, 16)
                .replace("\"extras\":{}", "\"extras\":" + "[".repeat(100_000))
                .write(file());
        refused(file(), "no JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0",
        "2147483647,0",
        "0,-1",
        "0,2147483647",
        "17,0",
        "0,17",
        "1,1",
    })
    void shouldRefuseLengthsThatDoNotFitTheFile(int tableBytes, int manifestBytes)
            throws IOException {
        new CraftedFile(1).numbers(0, 1, 0, 16).write(file(), tableBytes, manifestBytes);
        refused(file(), "do not fit");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2147483647                                | too many entries",
                "-1                                        | too many entries",
                "1000                                      | more entries than bytes",
                "0 2147483647                              | too many entries",
                "0 1000                                    | more entries than bytes",
                "0 1 0 17                                  | beyond the memory",
                "0 1 0 -1                                  | beyond the memory",
                "0 1 0 0                                   | beyond the memory",
                "0 1 -1 17                                 | out of order",
                "0 1 2147483647 2147483647                 | beyond the memory",
                "0 2 0 9 8 8                               | out of order",
                "0 2 8 8 0 8                               | out of order",
                "0 1 0 15                                  | lacks pages",
                "0 0                                       | lacks pages",
                "0 1 0 16 7                                | longer than what is in it",
                "1 4096 4096 0 1 h 0 1 1 0 16              | overlap",
                "1 4096 4096 0 1 h 3 1 1 0 16              | overlap",
                "1 4096 4096 0 1 h 0 2 1 2 14              | do not fill",
                "1 8192 4096 1 2 h 0 1 0 1 1 2 14          | out of order",
                "1 4096 4096 0 0 h 1 1 15                  | too many runs",
                "1 4096 4096 0 2147483647 h 0 1 1 1 15     | too many runs",
                "1 4096 4096 0 65 h 0 1 1 1 15             | too many runs",
                "1 4096 4096 0 64 h 0 1 1 1 15             | table is cut",
                "1 4096 4096 2 1 h 0 1 1 1 15              | unknown coding",
                "1 4096 4096 1 1 h 0 1 1 1 15              | not a stored length",
                "1 4096 -1 1 1 h 0 1 1 1 15                | not a stored length",
                "1 4096 100 0 1 h 0 1 1 1 15               | not a stored length",
                "1 4097 4096 0 1 h 0 1 1 1 15              | not a length",
                "1 0 0 0 1 h 0 1 1 1 15                    | not a length",
                "1 2147479552 4096 1 1 h 0 1 1 1 15        | not a length",
                "1 524288 4096 1 1 h 0 1 1 1 15            | not a length",
                "1 4096 100 1 1 h 0 1 1 1 15               | do not reach",
                "1 65536 4097 1 1 h 0 16 0                 | reach beyond",
                "1 4096 4096 0 1 h 0 1 1 1 15              | another hash",
            })
    void shouldRefuseTablesThatSayWhatCannotBe(String numbers, String why) throws IOException {
        CraftedFile crafted = new CraftedFile(1);
        boolean framed = numbers.startsWith("1 ");
        for (String each : numbers.strip().split(" ")) {
            if (each.equals("h")) {
                crafted.hash();
            } else {
                crafted.numbers(Integer.parseInt(each));
            }
        }
        (framed ? crafted.frame(new byte[PAGE]) : crafted).write(file());
        refused(file(), why);
    }

    @ParameterizedTest
    @ValueSource(ints = {8192, 1 << 20, 1 << 30})
    void shouldRefuseFramesThatUnpackToMoreThanTheySay(int bytes) throws IOException {
        byte[] bomb = Zstd.compress(new byte[Math.min(bytes, 64 << 20)], 19);
        CraftedFile crafted = new CraftedFile(1).frame(bomb);
        crafted.numbers(1, 4096, bomb.length, 1, 1).hash().numbers(0, 1, 1, 1, 15).write(file());
        refused(file(), "a frame is no zstd");
    }

    @Test
    void shouldRefuseFramesThatUnpackToLess() throws IOException {
        byte[] less = Zstd.compress(new byte[100], 1);
        CraftedFile crafted = new CraftedFile(1).frame(less);
        crafted.numbers(1, 4096, less.length, 1, 1).hash().numbers(0, 1, 1, 1, 15).write(file());
        refused(file(), "another length");
    }

    @Test
    void shouldEndWhereParentsGoInACircle() throws IOException {
        // No hash can be right in a circle, so the depths are what ends it.
        String hash = "0".repeat(64);
        for (int i = 0; i < 2; i++) {
            new CraftedFile(1)
                    .numbers(0, 0)
                    .replace("\"depth\":0", "\"depth\":64")
                    .replace("\"nonce\":5", "\"nonce\":" + (5 + i))
                    .replace(
                            "\"parent\":null",
                            "\"parent\":{\"file\":\"%d-0.checkpoint\",\"sha256\":\"%s\"}"
                                    .formatted(6 - i, hash))
                    .write(file().resolveSibling((5 + i) + "-0.checkpoint"));
        }
        refused(file(), "its parent is another");
        refused(file().resolveSibling("6-0.checkpoint"), "its parent is another");
        new CraftedFile(1)
                .numbers(0, 0)
                .replace("\"depth\":0", "\"depth\":1")
                .replace(
                        "\"parent\":null",
                        "\"parent\":{\"file\":\"5-0.checkpoint\",\"sha256\":\"" + hash + "\"}")
                .write(file());
        refused(file(), "its parent is another");
    }

    @Test
    void shouldRefuseParentsThatAChildCannotComeFrom() throws IOException {
        String end =
                new CraftedFile(2)
                        .numbers(0, 1, 0, 32)
                        .replace("\"nonce\":5", "\"nonce\":4")
                        .write(file().resolveSibling("4-0.checkpoint"));
        CraftedFile child =
                new CraftedFile(1)
                        .numbers(0, 0)
                        .replace("\"depth\":0", "\"depth\":1")
                        .replace(
                                "\"parent\":null",
                                "\"parent\":{\"file\":\"4-0.checkpoint\",\"sha256\":\"%s\"}"
                                        .formatted(end));
        child.write(file());
        refused(file(), "cannot come from its parent"); // shorter than its parent
        child.replace("\"memoryBytes\":65536", "\"memoryBytes\":131072")
                .replace("\"depth\":1", "\"depth\":2");
        child.write(file());
        refused(file(), "cannot come from its parent"); // a step of two
        child.replace("\"depth\":2", "\"depth\":1").replace("longjmp,expose", "expose");
        child.write(file());
        refused(file(), "cannot come from its parent"); // of other passes
        child.replace("\"file\":\"4-0", "\"file\":\"3-0");
        child.write(file());
        refused(file(), "its parent is missing");
    }

    @Test
    void shouldRefuseNoiseOfAnyLength() throws IOException {
        Random random = new Random(11);
        Files.createDirectories(file().getParent());
        for (int i = 0; i < 500; i++) {
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            if (random.nextBoolean() && noise.length > 80) {
                System.arraycopy(Layout.HEAD_MAGIC, 0, noise, 0, 8);
                System.arraycopy(new byte[] {0, 0, 0, 1, 0, 0, 0, 0}, 0, noise, 8, 8);
                System.arraycopy(Layout.END_MAGIC, 0, noise, noise.length - 40, 8);
            }
            Files.write(file(), noise);
            refused(file(), "");
        }
    }
}
