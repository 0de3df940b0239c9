package dev.flywheel.cu.guest.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * One message of a sequence.
 *
 * @param kind what it is
 * @param statements of a program: each by itself complete, so that any may be left out
 * @param data of a message without statements
 * @param tags names and values in turn
 */
public record Step(Kind kind, List<String> statements, String data, List<String> tags) {

    /** What a message is. */
    public enum Kind {
        /** The first one, which makes the process. */
        SPAWN,
        /** A program of the owner that collects what it finds. */
        PROGRAM,
        /** Source text of the owner, as it stands. */
        SOURCE,
        /** A message of the owner. */
        OWNER,
        /** A message of another process, forwarded by a wallet that the process trusts. */
        TRUSTED,
        /** A message of nobody in particular. */
        STRANGER,
        /** A tick of the clock: no id, no data. */
        CRON
    }

    /** Functions that statements use, and where what they find is collected. */
    private static final String PRELUDE =
            """
            local R = {}
            local function o(...) for i = 1, select("#", ...) do R[#R + 1] = tostring((select(i, ...))) end end
            local function p(...) o(pcall(...)) end
            local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
            """;

    private static final String ENDING = "\nreturn table.concat(R, \"|\")";

    public Step {
        statements = List.copyOf(statements);
        tags = List.copyOf(tags);
    }

    static Step source(String text) {
        return new Step(Kind.SOURCE, List.of(), text, List.of());
    }

    static Step program(List<String> statements) {
        return new Step(Kind.PROGRAM, statements, "", List.of());
    }

    /** The Data of the message. */
    String text() {
        return kind == Kind.PROGRAM ? PRELUDE + String.join("\n", statements) + ENDING : data;
    }

    /** The same without some statements. */
    Step without(int from, int to) {
        List<String> fewer = new ArrayList<>(statements);
        fewer.subList(from, to).clear();
        return new Step(kind, fewer, data, tags);
    }

    /** For people, cut when it is long. */
    String shown() {
        String text = kind == Kind.PROGRAM ? String.join("\n", statements) : data;
        return kind
                + (tags.isEmpty() ? "" : " " + tags)
                + "\n"
                + (text.length() <= 3000 ? text : text.substring(0, 3000) + "…");
    }
}
