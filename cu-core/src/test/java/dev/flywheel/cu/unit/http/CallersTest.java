package dev.flywheel.cu.unit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import org.junit.jupiter.api.Test;

class CallersTest {
    private static final int MOST = UnitLimits.QUESTIONS_A_CALLER_MAX;

    @Test
    void shouldLeavePlacesForOthersWhenOneAsksTooMuch() {
        Callers callers = new Callers(3 * MOST);
        for (int i = 0; i < MOST; i++) {
            callers.enter("10.0.0.1");
        }
        for (int i = 0; i < 5 * MOST; i++) {
            assertThatThrownBy(() -> callers.enter("10.0.0.1"))
                    .isInstanceOfSatisfying(
                            StatusException.class, e -> assertThat(e.status()).isEqualTo(429))
                    .hasMessageContaining("too many questions from 10.0.0.1")
                    .hasMessageContaining("ask again");
        }
        callers.enter("10.0.0.2");
        callers.leave("10.0.0.1");
        callers.enter("10.0.0.1");
        for (int i = 0; i < MOST; i++) {
            callers.leave("10.0.0.1");
        }
        callers.leave("10.0.0.2");
        assertThat(callers.size()).isZero();
        for (int i = 0; i < MOST; i++) {
            callers.enter("10.0.0.1"); // refusals have taken nothing
        }
    }

    @Test
    void shouldLimitThisMachinesProgramsOnlyWithAllOthers() {
        Callers callers = new Callers(2 * MOST);
        for (int i = 0; i < 2 * MOST; i++) {
            callers.enter(i % 2 == 0 ? "127.0.0.1" : "0:0:0:0:0:0:0:1");
        }
        assertThatThrownBy(() -> callers.enter("127.0.0.1"))
                .isInstanceOf(StatusException.class)
                .hasMessage("Dry-Run enqueue limit exceeded");
        callers.leave("127.0.0.1");
        callers.enter("10.0.0.1");
        assertThat(callers.size()).isEqualTo(1);
    }
}
