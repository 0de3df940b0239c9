package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process takes, as the system tells. On Linux that is read from {@code /proc}; elsewhere
 * memory comes from {@code ps}, and is looked at less often for that.
 */
final class ProcessUsage {
    private static final Logger log = LoggerFactory.getLogger(ProcessUsage.class);
    private static final String RESIDENT = "VmRSS:";

    /** A number and spaces. */
    private static final int PS_BYTES_MAX = 64;

    private final ProcessHandle process;
    private final Path status;
    private final boolean isProc;
    private final List<String> ps;

    ProcessUsage(ProcessHandle process) {
        this(process, Path.of("/proc"), List.of("ps", "-o", "rss=", "-p"));
    }

    /**
     * For tests.
     *
     * @param ps what answers the kibibytes of the process whose number follows, where there is no
     *     {@code proc}
     */
    ProcessUsage(ProcessHandle process, Path proc, List<String> ps) {
        String pid = Long.toString(process.pid());
        this.process = process;
        this.status = proc.resolve(pid).resolve("status");
        this.isProc = Files.isReadable(status);
        this.ps = Stream.concat(ps.stream(), Stream.of(pid)).toList();
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
        Process asked;
        try {
            asked = new ProcessBuilder(ps).redirectError(Redirect.DISCARD).start();
        } catch (IOException e) {
            return 0; // no ps: memory is not limited then, processor time is
        }
        try (InputStream answer = asked.getInputStream()) {
            // Its answer is shorter than any pipe: it can end before somebody reads.
            if (asked.waitFor(CompileLimits.PS_MS, TimeUnit.MILLISECONDS)) {
                return kibibytes(new String(answer.readNBytes(PS_BYTES_MAX), US_ASCII));
            }
            log.warn("no answer: command={} ms={}", ps, CompileLimits.PS_MS);
        } catch (IOException e) {
            log.debug("no answer: command={}", ps, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asked.destroyForcibly();
        }
        return 0;
    }

    private static long kibibytes(String text) {
        String digits = text.strip();
        return digits.matches("\\d{1,15}") ? Long.parseLong(digits) << 10 : 0;
    }
}
