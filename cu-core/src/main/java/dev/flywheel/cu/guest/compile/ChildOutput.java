package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the error output of a compiling process to its end, so that it never waits for us: some of
 * it goes to the log, the last lines are kept. Thread-safe.
 */
final class ChildOutput {
    private static final Logger log = LoggerFactory.getLogger(ChildOutput.class);

    private final long pid;
    private final Deque<String> last = new ArrayDeque<>();
    private final Thread reader;
    private int lines;

    ChildOutput(long pid, InputStream errors) {
        this.pid = pid;
        this.reader =
                Thread.ofPlatform()
                        .name("compile-errors-" + pid)
                        .daemon(true)
                        .start(() -> read(errors));
    }

    private void read(InputStream errors) {
        byte[] line = new byte[CompileLimits.LOG_LINE_CHARS_MAX];
        int length = 0;
        try (InputStream in = new BufferedInputStream(errors)) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    line(new String(line, 0, length, UTF_8));
                    length = 0;
                } else if (length < line.length) {
                    line[length++] = (byte) b;
                }
            }
        } catch (IOException e) {
            log.debug("error output of the compiling process ended: pid={}", pid, e);
        }
        if (length > 0) {
            line(new String(line, 0, length, UTF_8));
        }
    }

    private synchronized void line(String raw) {
        String text = raw.replaceAll("\\p{Cntrl}", "?");
        if (text.isBlank()) {
            return;
        }
        if (last.size() == CompileLimits.LAST_LINES) {
            last.removeFirst();
        }
        last.addLast(text);
        if (lines++ < CompileLimits.LOG_LINES_MAX) {
            log.info("compiling process says: pid={} {}", pid, text);
        }
    }

    /** Its last lines, once it has ended; waits for them a moment. */
    String last() {
        try {
            reader.join(CompileLimits.END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return last.isEmpty() ? "nothing" : String.join(" / ", last);
        }
    }
}
