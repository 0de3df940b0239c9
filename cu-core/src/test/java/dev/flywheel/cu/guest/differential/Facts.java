package dev.flywheel.cu.guest.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What is known of one evaluation, as text by name, so that two sides can be compared. */
public final class Facts {
    private static final int SHOWN_CHARS_MAX = 2000;

    private final Map<String, String> facts = new LinkedHashMap<>();

    /** Adds one. */
    public Facts put(String name, String value) {
        facts.put(name, value);
        return this;
    }

    /** Adds the value of some JSON. */
    public Facts putJson(String name, @Nullable JsonNode value) {
        return put(name, value == null ? "(none)" : canonical(value));
    }

    /** What differs between the answers of both sides to one sequence, one line each. */
    public static List<String> differences(List<Facts> expected, List<Facts> got) {
        if (expected.size() != got.size()) {
            return List.of("answers: reference " + expected.size() + " Flywheel " + got.size());
        }
        List<String> found = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            for (String line : expected.get(i).differences(got.get(i))) {
                found.add("message " + i + " " + line);
            }
        }
        return found;
    }

    /** One line for each that differs, or that only one side has. */
    private List<String> differences(Facts got) {
        Set<String> names = new LinkedHashSet<>(facts.keySet());
        names.addAll(got.facts.keySet());
        List<String> found = new ArrayList<>();
        for (String name : names) {
            String here = facts.getOrDefault(name, "(not there)");
            String there = got.facts.getOrDefault(name, "(not there)");
            if (!here.equals(there)) {
                found.add(
                        name
                                + ": reference "
                                + cut(here, there)
                                + "\n    Flywheel "
                                + cut(there, here));
            }
        }
        return found;
    }

    /** The text from shortly before the first character that differs. */
    private static String cut(String text, String other) {
        if (text.length() <= SHOWN_CHARS_MAX) {
            return text;
        }
        int same = 0;
        while (same < text.length()
                && same < other.length()
                && text.charAt(same) == other.charAt(same)) {
            same++;
        }
        int from = Math.max(0, same - 100);
        return "(from "
                + from
                + ") "
                + text.substring(from, Math.min(text.length(), from + 500))
                + "…";
    }

    /** Equal for equal values, however they were written. */
    private static String canonical(JsonNode node) {
        if (node.isObject()) {
            StringJoiner members = new StringJoiner(",", "{", "}");
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                members.add(member.getKey() + ":" + canonical(member.getValue()));
            }
            return members.toString();
        }
        if (node.isArray()) {
            StringJoiner elements = new StringJoiner(",", "[", "]");
            for (JsonNode element : node) {
                elements.add(canonical(element));
            }
            return elements.toString();
        }
        // JavaScript has one kind of number.
        return node.isNumber() ? Double.toString(node.asDouble()) : node.toString();
    }
}
