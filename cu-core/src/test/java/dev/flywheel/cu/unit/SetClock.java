package dev.flywheel.cu.unit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands where a test puts it. */
public final class SetClock implements InstantSource {
    private final AtomicLong ms;

    public SetClock(long ms) {
        this.ms = new AtomicLong(ms);
    }

    void advance(long by) {
        ms.addAndGet(by);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(ms.get());
    }
}
