package dev.flywheel.scheduler;

import dev.flywheel.protocol.ArweaveKey;

/** The scheduler's published test key, for tests of inner packages. */
public final class TestWallet {
    public static final ArweaveKey KEY = Keys.SCHEDULER;

    private TestWallet() {}
}
