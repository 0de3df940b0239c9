package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Leaves peers alone that gave no answer several times: whoever needs them hears so at once and
 * asks later, instead of holding a request each for as long as a peer can be silent. After a pause
 * one call tries again; the others are told so until it has found out. Thread-safe.
 */
final class Breakers {
    private final InstantSource clock;
    private final Map<String, State> peers =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
                    return size() > UnitLimits.BREAKERS_MAX;
                }
            };

    /** How often a peer failed since its last answer, and when it is tried again. */
    private static final class State {
        private int failures;
        private long pauseMs = UnitLimits.BREAKER_MS_MIN;
        private long untilMs;
    }

    Breakers(InstantSource clock) {
        this.clock = clock;
    }

    private static String peer(URI address) {
        return Objects.toString(address.getRawAuthority(), "");
    }

    /** How long the peer is left alone still, in milliseconds; 0 when it may be called. */
    synchronized long waitMs(URI address) {
        State state = peers.get(peer(address));
        if (state == null || state.failures < UnitLimits.BREAKER_FAILURES) {
            return 0;
        }
        long nowMs = clock.millis();
        if (nowMs < state.untilMs) {
            return state.untilMs - nowMs;
        }
        state.untilMs = nowMs + state.pauseMs; // this call tries, others do not meanwhile
        return 0;
    }

    /** Calls that failed one after the other. */
    synchronized int failures(URI address) {
        State state = peers.get(peer(address));
        return state == null ? 0 : state.failures;
    }

    synchronized void answered(URI address) {
        peers.remove(peer(address));
    }

    synchronized void failed(URI address) {
        State state = peers.computeIfAbsent(peer(address), peer -> new State());
        state.failures++;
        if (state.failures > UnitLimits.BREAKER_FAILURES) {
            state.pauseMs = Math.min(2 * state.pauseMs, UnitLimits.BREAKER_MS_MAX);
        }
        if (state.failures >= UnitLimits.BREAKER_FAILURES) {
            state.untilMs = clock.millis() + state.pauseMs;
        }
    }
}
