package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a checkpoint of a process, and its file.
 *
 * @param nonce of the last entry that it contains
 * @param seq tells those of the same nonce apart; the higher is the later
 */
public record CheckpointName(long nonce, long seq) implements Comparable<CheckpointName> {
    static final String SUFFIX = ".checkpoint";

    /** As long as a long may be; nothing that leads out of the directory. */
    private static final Pattern FILE =
            Pattern.compile("(-?[0-9]{1,18})-([0-9]{1,18})" + Pattern.quote(SUFFIX));

    private static final Comparator<CheckpointName> ORDER =
            Comparator.comparingLong(CheckpointName::nonce).thenComparingLong(CheckpointName::seq);

    /** The name that a file has, or null when it is no checkpoint's. */
    public static @Nullable CheckpointName of(String file) {
        Matcher matcher = FILE.matcher(file);
        if (!matcher.matches()) {
            return null;
        }
        CheckpointName name =
                new CheckpointName(
                        Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        return name.file().equals(file) ? name : null;
    }

    /** The file's name. */
    public String file() {
        return nonce + "-" + seq + SUFFIX;
    }

    /** Where the files of a process are. */
    public static Path directory(Path root, Id process) {
        String id = process.toString();
        return root.resolve(id.substring(0, 2)).resolve(id);
    }

    @Override
    public int compareTo(CheckpointName other) {
        return ORDER.compare(this, other);
    }
}
