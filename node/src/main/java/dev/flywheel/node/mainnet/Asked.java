package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a path asks for. Elsewhere a path is a little program; here it is one of these. */
sealed interface Asked {
    /** The address of the node. */
    record Address() implements Asked {}

    /** A new process. */
    record Spawn() implements Asked {}

    /** A message for a process. */
    record Push(Id process) implements Asked {}

    /** The newest slot of a process. */
    record NewestSlot(Id process) implements Asked {}

    /**
     * A result.
     *
     * @param place a slot, or the id of a message; null for the newest
     * @param bare whether it is wanted without the {@code raw} around it
     */
    record Result(Id process, @Nullable String place, boolean bare) implements Asked {}

    /** A message that leaves nothing. */
    record DryRun(Id process, List<Tag> tags) implements Asked {
        public DryRun {
            tags = List.copyOf(tags);
        }
    }

    /** Anything else. */
    record Unknown() implements Asked {}

    /** What there is, for those who ask for something else. */
    String SUPPORTED =
            "GET /~meta@1.0/info/address, POST /push (a process), POST /PROCESS~process@1.0/push (a message),"
                    + " GET or POST /PROCESS~process@1.0/compute/results=SLOT, /PROCESS~process@1.0/compute&slot=SLOT,"
                    + " /PROCESS~process@1.0/slot/current and /PROCESS~process@1.0/as=execution/compute&Tag=Value";

    /** The process of a path; null where it names none. */
    default @Nullable Id processOrNull() {
        return switch (this) {
            case Push push -> push.process();
            case NewestSlot slot -> slot.process();
            case Result result -> result.process();
            case DryRun dryRun -> dryRun.process();
            case Address address -> null;
            case Spawn spawn -> null;
            case Unknown unknown -> null;
        };
    }

    /**
     * Reads a path.
     *
     * @param wirePath as it came, each character a byte
     * @param wireQuery the same, without its question mark
     * @throws StatusException 400 when it is one of these but not well-formed
     */
    static Asked of(String wirePath, String wireQuery) {
        List<String> steps = Arrays.asList(wirePath.substring(1).split("/", -1));
        String first = WireText.decode(steps.getFirst());
        if (first.equals("~meta@1.0")) {
            boolean address = steps.subList(1, steps.size()).equals(List.of("info", "address"));
            return address ? new Address() : new Unknown();
        }
        if (first.equals("push")) {
            return steps.size() == 1 ? new Spawn() : new Unknown();
        }
        Id process = Id.parseOrNull(first.replaceFirst("~process@1\\.0$", ""));
        return process == null
                ? new Unknown()
                : PathOfProcess.of(process, steps.subList(1, steps.size()), wireQuery);
    }

    /** What follows a process in a path. */
    final class PathOfProcess {
        private static final Pattern SLOT =
                Pattern.compile("\\d{1," + MainnetLimits.SLOT_DIGITS_MAX + "}");
        private static final String DRY_RUN = "compute";

        private PathOfProcess() {}

        static Asked of(Id process, List<String> steps, String wireQuery) {
            if (steps.equals(List.of("push"))) {
                return new Push(process);
            }
            if (steps.equals(List.of("slot", "current"))) {
                return new NewestSlot(process);
            }
            if (steps.size() > 1 && steps.getFirst().equals("as=execution")) {
                // A value may hold slashes, and nothing can follow a dry run: all is one step.
                String step = String.join("/", steps.subList(1, steps.size()));
                if (step.equals(DRY_RUN) || step.startsWith(DRY_RUN + "&")) {
                    return new DryRun(process, tags(step.substring(DRY_RUN.length())));
                }
            }
            return result(process, steps, wireQuery);
        }

        /**
         * The tags of a dry run, {@code &Name=Value} each. The client writes values as they are, so
         * an ampersand may be part of one: what follows it without an equals sign is no tag, and
         * belongs to the value before it.
         */
        private static List<Tag> tags(String wire) {
            List<String> pairs = new ArrayList<>();
            for (String piece : wire.isEmpty() ? new String[0] : wire.substring(1).split("&", -1)) {
                if (piece.indexOf('=') >= 0) {
                    pairs.add(piece);
                } else if (pairs.isEmpty()) {
                    if (!piece.isEmpty()) {
                        throw new StatusException(
                                400,
                                "a dry run's path goes on with &Tag=Value, got &"
                                        + MainnetLimits.cut(piece));
                    }
                } else {
                    pairs.add(pairs.removeLast() + "&" + piece);
                }
            }
            if (pairs.size() > MainnetLimits.PATH_TAGS_MAX) {
                throw new StatusException(
                        400,
                        "a dry run has at most %d tags in its path, this one has %d"
                                .formatted(MainnetLimits.PATH_TAGS_MAX, pairs.size()));
            }
            List<Tag> tags = new ArrayList<>(pairs.size());
            for (String pair : pairs) {
                int at = pair.indexOf('=');
                tags.add(
                        new Tag(
                                WireText.decode(pair.substring(0, at)),
                                WireText.decode(pair.substring(at + 1))));
            }
            return tags;
        }

        private static Asked result(Id process, List<String> steps, String wireQuery) {
            Map<String, String> given = new LinkedHashMap<>();
            parameters(wireQuery, given);
            int at = 0;
            String[] names = {"compute", "results", "raw"};
            for (String step : steps) {
                if (at == names.length) {
                    return new Unknown();
                }
                String own = step.split("[&=]", 2)[0];
                if (!own.equals(names[at++])) {
                    return new Unknown();
                }
                // results=5 says what results&slot=5 does.
                parameters(
                        step.startsWith(own + "=")
                                ? "slot" + step.substring(own.length())
                                : step.substring(own.length()),
                        given);
            }
            if (at == 0) {
                return new Unknown();
            }
            String place = given.get("slot");
            if (place != null && !SLOT.matcher(place).matches() && !Id.isId(place)) {
                throw new StatusException(
                        400,
                        "a result is asked for by slot, a number, or by the id of its message, got "
                                + MainnetLimits.cut(place));
            }
            return new Result(process, place, at == names.length);
        }

        /** Names without their types ({@code slot+integer}); the last of a name counts. */
        private static void parameters(String wire, Map<String, String> into) {
            for (String pair : wire.split("&", -1)) {
                int at = pair.indexOf('=');
                if (at > 0) {
                    into.put(
                            WireText.decode(pair.substring(0, at)).split("\\+", 2)[0],
                            WireText.decode(pair.substring(at + 1)));
                }
            }
        }
    }
}
