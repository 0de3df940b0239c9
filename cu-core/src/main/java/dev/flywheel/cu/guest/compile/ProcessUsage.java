package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process takes, as the system tells. On Linux that is read from {@code /proc}; elsewhere
 * memory comes from {@code ps}, and is looked at less often for that.
 */
final class ProcessUsage {
    private static final String RESIDENT = "VmRSS:";

    private final ProcessHandle process;
    private final Path status;
    private final boolean isProc;

    ProcessUsage(ProcessHandle process) {
        this.process = process;
        this.status = Path.of("/proc", Long.toString(process.pid()), "status");
        this.isProc = Files.isReadable(status);
    }

    /** How often it may be asked, in milliseconds. */
    long everyMs() {
        return isProc ? CompileLimits.WATCH_MS : CompileLimits.WATCH_SLOWLY_MS;
    }

    /** Processor time since its start, in milliseconds; 0 when it has ended. */
    long cpuMs() {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }

    /** Resident memory in bytes; 0 when it has ended or the system does not say. */
    long residentBytes() {
        return isProc ? fromProc() : fromPs();
    }

    private long fromProc() {
        try {
            for (String line : Files.readAllLines(status, US_ASCII)) {
                if (line.startsWith(RESIDENT)) {
                    return kibibytes(line.substring(RESIDENT.length()).replace("kB", ""));
                }
            }
            return 0; // a zombie has no memory
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    private long fromPs() {
        try {
            Process ps =
                    new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String text = new String(ps.getInputStream().readNBytes(64), US_ASCII);
            return kibibytes(text);
        } catch (IOException e) {
            return 0; // no ps: memory is not limited then, processor time is
        }
    }

    private static long kibibytes(String text) {
        String digits = text.strip();
        return digits.matches("\\d{1,15}") ? Long.parseLong(digits) << 10 : 0;
    }
}
