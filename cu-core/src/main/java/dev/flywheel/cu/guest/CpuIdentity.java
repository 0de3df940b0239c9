package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;

/** Names the kind of processor that native code was made for. */
final class CpuIdentity {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private CpuIdentity() {}

    /** Architecture, and where the system tells them, a hash of model and features. */
    static String text() {
        String architecture = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!Files.isReadable(CPU_INFO)) {
            return architecture;
        }
        try {
            // Once for each kind of core, whatever their number.
            TreeSet<String> kinds = new TreeSet<>();
            for (String line : Files.readAllLines(CPU_INFO)) {
                if (line.startsWith("model name")
                        || line.startsWith("flags")
                        || line.startsWith("Features")
                        || line.startsWith("CPU part")) {
                    kinds.add(line);
                }
            }
            return architecture + " " + Id.sha256(String.join("\n", kinds).getBytes(UTF_8));
        } catch (IOException e) {
            return architecture; // the engine checks its own features besides
        }
    }
}
