package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.flywheel.cu.guest.GoldenFindings.Place;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;

/**
 * The differences from the recordings that are there on purpose or cannot be helped, each place of
 * each run by itself. {@code golden/eval/differences.txt}: a line that begins with {@code #} says
 * why for those below it, the others are module, runs, step and fields.
 */
final class KnownDifferences {
    private static final String FILE = "/golden/eval/differences.txt";

    private KnownDifferences() {}

    static Set<Place> read() throws IOException {
        Set<Place> known = new HashSet<>();
        try (InputStream in =
                requireNonNull(KnownDifferences.class.getResourceAsStream(FILE), FILE)) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    add(known, line.split(" ", -1));
                }
            }
        }
        return known;
    }

    private static void add(Set<Place> known, String[] words) {
        for (String run : words[1].split(",", -1)) {
            for (String field : words[3].split(",", -1)) {
                Place place = new Place(words[0], GoldenRun.valueOf(run), words[2], field);
                if (!known.add(place)) {
                    throw new AssertionError(FILE + " has this twice: " + place);
                }
            }
        }
    }
}
