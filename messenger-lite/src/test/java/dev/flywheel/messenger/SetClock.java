package dev.flywheel.messenger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until the test moves it. */
final class SetClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-11-24T00:00:00Z");

    void advance(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
