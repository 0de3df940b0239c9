package dev.flywheel.node.ops;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Numbers of this program as a whole. */
final class JvmMetrics {
    private static final Path STATM = Path.of("/proc/self/statm");

    /**
     * Linux counts statm in pages; 4 KiB on x86-64 and on the aarch64 kernels of the common
     * distributions.
     */
    private static final long PAGE_BYTES = 4_096;

    private JvmMetrics() {}

    static List<Metric> read() {
        List<Metric> metrics = new ArrayList<>();
        Runtime runtime = Runtime.getRuntime();
        metrics.add(
                new Metric(
                        "flywheel_heap_bytes",
                        "Java heap in use.",
                        runtime.totalMemory() - runtime.freeMemory()));
        metrics.add(
                new Metric(
                        "flywheel_uptime_seconds",
                        "Time since the start.",
                        ManagementFactory.getRuntimeMXBean().getUptime() / 1_000.0));
        metrics.add(
                new Metric(
                        "flywheel_threads",
                        "Platform threads.",
                        ManagementFactory.getThreadMXBean().getThreadCount()));
        long resident = residentBytes();
        if (resident >= 0) {
            metrics.add(
                    new Metric(
                            "flywheel_resident_bytes",
                            "Resident memory of the whole program.",
                            resident));
        }
        return metrics;
    }

    /** -1 where the system does not say. */
    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
        } catch (IOException e) {
            return -1; // not Linux
        }
    }
}
