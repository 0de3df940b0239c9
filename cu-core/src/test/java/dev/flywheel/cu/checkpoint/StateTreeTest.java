package dev.flywheel.cu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hash of a state is the same by steps and from scratch. */
class StateTreeTest {
    private static final SequencedMap<String, Long> NONE = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldEqualTheHashFromScratchAfterEachStep(long seed) {
        try (TestProcess process = new TestProcess(seed, 64L << 20)) {
            process.growTo(TestProcess.UNIT);
            for (int i = 0; i < 60; i++) {
                if (process.random.nextInt(5) == 0 && process.memory().byteSize() < 16 << 20) {
                    process.growTo(
                            process.memory().byteSize()
                                    + (long) TestProcess.UNIT * (1 + process.random.nextInt(40)));
                }
                process.step(process.random.nextInt(30));
                process.tree.update(process.memory(), process.changed);
                process.changed.clear();
                StateTree scratch = StateTree.of(process.memory());
                assertThat(process.tree.top())
                        .as("seed=%d step=%d", seed, i)
                        .isEqualTo(scratch.top());
                assertThat(process.tree.root(process.globals))
                        .isEqualTo(scratch.root(process.globals));
            }
        }
    }

    @Test
    void shouldTellLengthsAndGlobalsApart() {
        StateTree one = StateTree.of(MemorySegment.ofArray(new byte[TestProcess.UNIT]));
        StateTree two = StateTree.of(MemorySegment.ofArray(new byte[2 * TestProcess.UNIT]));
        assertThat(one.top()).isEqualTo(two.top());
        assertThat(one.root(NONE)).isNotEqualTo(two.root(NONE));
        SequencedMap<String, Long> global = new LinkedHashMap<>();
        global.put("a", 1L);
        assertThat(one.root(global)).isNotEqualTo(one.root(NONE));
        SequencedMap<String, Long> other = new LinkedHashMap<>();
        other.put("b", 1L);
        assertThat(one.root(global)).isNotEqualTo(one.root(other));
    }

    @Test
    void shouldKeepItsHashesForOtherImplementations() {
        byte[] memory = new byte[TestProcess.UNIT];
        memory[5000] = 1;
        SequencedMap<String, Long> globals = new LinkedHashMap<>();
        globals.put("flywheel.global.3", 65_536L);
        StateTree tree = StateTree.of(MemorySegment.ofArray(memory));
        // Computed in Python, see docs/checkpoint-format.md.
        assertThat(tree.root(globals))
                .asHexString()
                .isEqualToIgnoringCase(
                        "6f80262d898d86157c53878dd3d3ce2e8072af7fadf3d1fa18ad544dc84b648d");
    }

    @Test
    void shouldFindTheFirstPageThatDiffersByOneNodeOfEachLevel() throws IOException {
        Random random = new Random(7);
        try (TestProcess process = new TestProcess(7, 1L << 30)) {
            process.growTo(1L << 30);
            process.step(100);
            process.tree.update(process.memory(), process.changed);
            for (int i = 0; i < 50; i++) {
                int page = random.nextInt(1 << 18);
                byte[] top = process.tree.top();
                StateTree mine = new StateTree();
                mine.update(process.memory(), process.changed);
                List<Integer> asked = new ArrayList<>();
                assertThat(mine.firstDifference(top, (level, index) -> new byte[0])).isEmpty();
                MemorySegment at = process.memory().asSlice((long) page * TestProcess.PAGE, 1);
                at.set(ValueLayout.JAVA_BYTE, 0, (byte) (at.get(ValueLayout.JAVA_BYTE, 0) + 1));
                process.changed.add((long) page * TestProcess.PAGE, 1);
                if (page < (1 << 18) - 1) {
                    process.touch((1 << 18) - 1); // not the first
                }
                process.tree.update(process.memory(), process.changed);
                OptionalLong found =
                        mine.firstDifference(
                                process.tree.top(),
                                (level, index) -> {
                                    asked.add(level);
                                    return process.tree.node(level, index);
                                });
                assertThat(found).hasValue(page);
                assertThat(asked).containsExactly(5, 4, 3, 2, 1, 0);
            }
        }
    }

    @Test
    void shouldRefuseNodesThatAreNotWhatTheHashAboveSays() {
        StateTree mine = StateTree.of(MemorySegment.ofArray(new byte[TestProcess.UNIT]));
        assertThatThrownBy(() -> mine.firstDifference(new byte[32], mine::node))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> mine.firstDifference(new byte[32], (level, index) -> new byte[1]))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldRefuseWhatIsBeyondTheMemory() {
        MemorySegment memory = MemorySegment.ofArray(new byte[TestProcess.UNIT]);
        PageSet beyond = new PageSet();
        beyond.add(TestProcess.UNIT, 1);
        StateTree tree = new StateTree();
        assertThatThrownBy(() -> tree.update(memory, beyond))
                .isInstanceOf(IllegalArgumentException.class);
        tree.grow(2L * TestProcess.UNIT);
        assertThatThrownBy(() -> tree.update(memory, new PageSet()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.node(6, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tree.node(5, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
