package dev.flywheel.cu.unit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory that this program finds.
 *
 * @param totalBytes of the machine, or what its container allows
 * @param availableBytes what programs can take without swapping
 * @param heapBytesMax what the JVM's heap may grow to
 */
public record MachineMemory(long totalBytes, long availableBytes, long heapBytesMax) {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    /** As it is now. */
    public static MachineMemory now() {
        long total =
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Runtime.getRuntime().maxMemory();
        return new MachineMemory(
                total, availableBytes(MEMINFO, total), Runtime.getRuntime().maxMemory());
    }

    /** What the file says; where there is none, or it does not say, all. */
    static long availableBytes(Path meminfo, long otherwise) {
        try {
            for (String line : Files.readAllLines(meminfo, US_ASCII)) {
                if (line.startsWith(AVAILABLE)) {
                    String digits = line.substring(AVAILABLE.length()).replace("kB", "").strip();
                    return digits.matches("\\d{1,15}") ? Long.parseLong(digits) << 10 : otherwise;
                }
            }
            return otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }
}
