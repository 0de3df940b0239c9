package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private final MessengerTuning.Retries retries =
            new MessengerTuning.Retries(1_000, 60_000, 10, 86_400_000);
    private final RetryPolicy policy = new RetryPolicy(retries, new Random(7));

    @Test
    void shouldDoubleThePauseUpToTheLongest() {
        for (int round = 0; round < 200; round++) {
            for (int failures = 1; failures < 100; failures++) {
                long usual = Math.min(60_000, 1_000L << Math.min(failures - 1, 20));
                assertThat(policy.pauseMs(failures))
                        .isBetween(usual - usual / 4, usual + usual / 4);
            }
        }
    }

    @Test
    void shouldNotBringAllBackTogether() {
        Set<Long> pauses = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            pauses.add(policy.pauseMs(5));
        }
        assertThat(pauses).hasSizeGreaterThan(80);
    }

    @Test
    void shouldGiveTheSamePausesForTheSameSeed() {
        RetryPolicy one = new RetryPolicy(retries, new Random(3));
        RetryPolicy other = new RetryPolicy(retries, new Random(3));
        for (int i = 1; i < 20; i++) {
            assertThat(one.pauseMs(i)).isEqualTo(other.pauseMs(i));
        }
    }

    @Test
    void shouldGiveUpByRefusalsOrByAge() {
        assertThat(policy.isHopeless(9, 0)).isFalse();
        assertThat(policy.isHopeless(10, 0)).isTrue();
        assertThat(policy.isHopeless(0, 86_399_999)).isFalse();
        assertThat(policy.isHopeless(0, 86_400_000)).isTrue();
    }
}
