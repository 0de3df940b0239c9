package dev.flywheel.platform.sql;

/** What a committed write survives. */
public enum Durability {
    /**
     * The end of this program, {@code kill -9} included; a power cut may take the newest writes,
     * but never the file.
     */
    ACK_SURVIVES_KILL("NORMAL"),
    /** A power cut too: each commit is on disk before it returns (about 0.2 to 5 ms). */
    ACK_SURVIVES_POWER_LOSS("FULL"),
    /**
     * Like {@link #ACK_SURVIVES_KILL}; the content can be made again from elsewhere, so nothing
     * waits for it.
     */
    REBUILDABLE("NORMAL");

    private final String synchronous;

    Durability(String synchronous) {
        this.synchronous = synchronous;
    }

    String synchronous() {
        return synchronous;
    }
}
