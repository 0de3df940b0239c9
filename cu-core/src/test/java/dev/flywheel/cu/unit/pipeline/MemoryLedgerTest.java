package dev.flywheel.cu.unit.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.protocol.Id;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest {
    private static final long EXPECTED = UnitLimits.NEW_PROCESS_BYTES;
    private static final long BUDGET = 10 * EXPECTED;

    private final Evaluations counts = new Evaluations();
    private final MemoryLedger ledger = new MemoryLedger(BUDGET, counts);

    private static HostedProcess process(String name) {
        return new HostedProcess(Id.sha256(name.getBytes(UTF_8)));
    }

    private HostedProcess warm(String name, long residentBytes) {
        HostedProcess process = process(name);
        ledger.entered(process);
        ledger.used(process, new MemoryUse(2 * residentBytes, residentBytes, 1));
        return process;
    }

    private void putAway(HostedProcess process) {
        ledger.leaving(process);
        ledger.hasLeft(process);
    }

    @Test
    void shouldExpectTheUsualOfAProcessThatIsNotKnown() {
        HostedProcess process = process("p");
        ledger.entered(process);
        assertThat(counts.memory().residentBytes()).isEqualTo(EXPECTED);
        ledger.left(process);
        assertThat(counts.memory()).isEqualTo(MemoryUse.NONE);
        assertThat(counts.memoryByProcess()).isEmpty();
    }

    @Test
    void shouldExpectOfAProcessWhatItTookBefore() {
        HostedProcess large = warm("large", 6 * EXPECTED);
        putAway(large);
        HostedProcess other = warm("other", 5 * EXPECTED);
        assertThat(ledger.hasRoomFor(process("new"))).isTrue();
        assertThat(ledger.hasRoomFor(large)).isFalse();
        putAway(other);
        assertThat(ledger.hasRoomFor(large)).isTrue();
    }

    @Test
    void shouldShowSumsAndEachProcess() {
        HostedProcess one = warm("one", EXPECTED);
        HostedProcess two = warm("two", 3 * EXPECTED);
        assertThat(counts.memory()).isEqualTo(new MemoryUse(8 * EXPECTED, 4 * EXPECTED, 2));
        assertThat(counts.memoryByProcess()).hasSize(2).containsEntry(two.id, two.memory);
        ledger.used(one, new MemoryUse(7, 6, 5));
        assertThat(counts.memory()).isEqualTo(new MemoryUse(6 * EXPECTED + 7, 3 * EXPECTED + 6, 6));
    }

    @Test
    void shouldCountAProcessOfThePastInTheSumsOnly() {
        HostedProcess present = warm("p", EXPECTED);
        HostedProcess past = HostedProcess.past(present, PAST);
        ledger.entered(past);
        ledger.used(past, new MemoryUse(0, 2 * EXPECTED, 0));
        assertThat(counts.memory().residentBytes()).isEqualTo(3 * EXPECTED);
        assertThat(counts.memoryByProcess()).containsOnlyKeys(present.id);
        putAway(past);
        assertThat(counts.memoryByProcess()).containsOnlyKeys(present.id);
    }

    private static final Want.Visit PAST =
            new Want.Visit(
                    Id.sha256(new byte[0]), 1, Want.Visit.ANY, 0, null, new CompletableFuture<>());

    @Test
    void shouldCountWhatIsLeavingUntilItIsGone() {
        HostedProcess full = warm("full", BUDGET);
        HostedProcess next = process("next");
        assertThat(ledger.hasRoomFor(next)).isFalse();
        assertThat(ledger.willHaveRoomFor(next)).isFalse();
        ledger.leaving(full);
        assertThat(ledger.hasRoomFor(next)).isFalse();
        assertThat(ledger.willHaveRoomFor(next)).isTrue();
        ledger.hasLeft(full);
        assertThat(ledger.hasRoomFor(next)).isTrue();
    }

    @Test
    void shouldTellOverFromFarOver() {
        HostedProcess one = warm("one", BUDGET);
        assertThat(ledger.isOver()).isFalse();
        long margin = BUDGET / 100 * UnitLimits.MEMORY_MARGIN_PERCENT;
        ledger.used(one, new MemoryUse(0, BUDGET + margin, 0));
        assertThat(ledger.isOver()).isTrue();
        assertThat(ledger.isFarOver()).isFalse();
        ledger.used(one, new MemoryUse(0, BUDGET + margin + 1, 0));
        assertThat(ledger.isFarOver()).isTrue();
        ledger.leaving(one);
        assertThat(ledger.isOver()).isFalse();
    }

    @Test
    void shouldLetInOneThatIsLittleLargerThanTheBudgetWhenItIsAlone() {
        HostedProcess large = warm("large", BUDGET + 1);
        putAway(large);
        HostedProcess small = warm("small", 1);
        assertThat(ledger.hasRoomFor(large)).isFalse();
        assertThat(ledger.canHold(large)).isTrue();
        ledger.leaving(small);
        assertThat(ledger.willHaveRoomFor(large)).isTrue();
        ledger.hasLeft(small);
        assertThat(ledger.hasRoomFor(large)).isTrue();
    }

    @Test
    void shouldNameProcessNeedBudgetAndRemedyInARefusal() {
        HostedProcess huge = warm("huge", 2 * BUDGET);
        assertThat(ledger.refusal(process("new")).getMessage())
                .contains(process("new").id.toString())
                .contains("needs about " + EXPECTED + " bytes")
                .contains("take " + 2 * BUDGET + " of the " + BUDGET + " bytes")
                .contains("Try again later")
                .contains("memory.budget");
        putAway(huge);
        assertThat(ledger.hasRoomFor(huge)).isFalse();
        assertThat(ledger.refusal(huge).getMessage())
                .contains(huge.id.toString())
                .contains("needs about " + 2 * BUDGET + " bytes")
                .contains("all processes together " + BUDGET)
                .contains("Ask another unit");
    }

    @Test
    void shouldComeToZeroWhateverComesAndGoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<HostedProcess> warm = new ArrayList<>();
        List<HostedProcess> leaving = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int what = random.nextInt(4);
            if (what == 0 || warm.isEmpty()) {
                warm.add(warm("p" + i, random.nextInt(1_000)));
            } else if (what == 1) {
                HostedProcess any = warm.get(random.nextInt(warm.size()));
                ledger.used(any, new MemoryUse(random.nextInt(99), random.nextInt(1_000), 3));
            } else if (what == 2) {
                leaving.add(warm.removeLast());
                ledger.leaving(leaving.getLast());
            } else if (!leaving.isEmpty()) {
                ledger.hasLeft(leaving.removeFirst());
            }
        }
        warm.forEach(ledger::left);
        leaving.forEach(ledger::hasLeft);
        assertThat(counts.memory()).as("seed=" + seed).isEqualTo(MemoryUse.NONE);
        assertThat(counts.memoryByProcess()).as("seed=" + seed).isEmpty();
        assertThat(ledger.hasRoomFor(process("new"))).as("seed=" + seed).isTrue();
    }
}
