package dev.flywheel.cu.guest.compile;

/**
 * Numbers of a compiler since its start, or now.
 *
 * @param compiled modules compiled
 * @param refused modules refused because of themselves
 * @param limited modules whose compile passed a limit of this host
 * @param broken modules over which a compiling process broke
 * @param children compiling processes started
 * @param childrenNow compiling processes that live now
 * @param childBytes memory of them, as seen last
 */
public record CompileCounters(
        long compiled,
        long refused,
        long limited,
        long broken,
        long children,
        int childrenNow,
        long childBytes) {

    /** Of a compiler that did nothing yet, or counts nothing. */
    public static final CompileCounters NONE = new CompileCounters(0, 0, 0, 0, 0, 0, 0);
}
