package dev.flywheel.cu.guest.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final Step SPAWN = new Step(Step.Kind.SPAWN, List.of(), "", List.of());

    private static Sequence sequence(Step... steps) {
        return new Sequence(0, "aos2_0_6", false, 0, List.of(steps));
    }

    @Test
    void shouldKeepOnlyWhatTheFailureNeeds() {
        Sequence failing =
                sequence(
                        SPAWN,
                        Step.program(List.of("a", "cause", "b", "c", "d")),
                        Step.source("between"),
                        Step.program(List.of("e", "f", "effect")),
                        Step.program(List.of("g")));
        Sequence shortest =
                new Shrinker(
                                tried -> {
                                    String text = tried.shown();
                                    int cause = text.indexOf("cause");
                                    return cause >= 0 && text.indexOf("effect") > cause;
                                })
                        .shortest(failing);
        assertThat(shortest)
                .isEqualTo(
                        sequence(
                                SPAWN,
                                Step.program(List.of("cause")),
                                Step.program(List.of("effect"))));
    }

    @Test
    void shouldMakeTheSameSequenceOfTheSameSeedAndAnotherOfAnother() {
        assertThat(SequenceMaker.sequence(3, 14)).isEqualTo(SequenceMaker.sequence(3, 14));
        assertThat(SequenceMaker.sequence(3, 14)).isNotEqualTo(SequenceMaker.sequence(3, 15));
        assertThat(SequenceMaker.sequence(3, 14)).isNotEqualTo(SequenceMaker.sequence(4, 14));
    }
}
