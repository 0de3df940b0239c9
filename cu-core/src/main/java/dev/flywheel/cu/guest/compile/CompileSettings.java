package dev.flywheel.cu.guest.compile;

/**
 * What compiling one module may take.
 *
 * @param cpuMs most processor time of its compile, in milliseconds
 * @param wallMs most wall clock of its compile, in milliseconds
 * @param residentBytesMax most memory of the compiling process
 * @param children compiling processes at once
 */
public record CompileSettings(long cpuMs, long wallMs, long residentBytesMax, int children) {

    public CompileSettings {
        if (cpuMs < 1
                || wallMs < 1
                || residentBytesMax < 1
                || children < 1
                || children > CompileLimits.CHILDREN_MAX) {
            throw new IllegalArgumentException(
                    "compile settings out of range: cpuMs=%d wallMs=%d residentBytesMax=%d children=%d childrenMax=%d"
                            .formatted(
                                    cpuMs,
                                    wallMs,
                                    residentBytesMax,
                                    children,
                                    CompileLimits.CHILDREN_MAX));
        }
    }

    /** The defaults of {@link CompileLimits}. */
    public static CompileSettings defaults() {
        return of(CompileLimits.CPU_MS, CompileLimits.RESIDENT_BYTES_MAX);
    }

    /** These limits, with the wall clock that follows from the processor time. */
    public static CompileSettings of(long cpuMs, long residentBytesMax) {
        return new CompileSettings(
                cpuMs,
                cpuMs * CompileLimits.WALL_CLOCK_FACTOR,
                residentBytesMax,
                CompileLimits.CHILDREN);
    }
}
