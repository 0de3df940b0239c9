package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads members of JSON objects and says which one is wrong. */
final class JsonFields {
    private JsonFields() {}

    static JsonNode parse(byte[] json, String document) throws MalformedJsonException {
        try {
            return Json.DOCUMENTS.readTree(json);
        } catch (JacksonException e) {
            throw new MalformedJsonException(
                    document + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    static String text(JsonNode object, String name) throws MalformedJsonException {
        String text = textOrNull(object, name);
        if (text == null) {
            throw new MalformedJsonException("member \"" + name + "\" is missing or no string");
        }
        return text;
    }

    /** The text, or null where it is missing or null. */
    static @Nullable String textOrNull(JsonNode object, String name) throws MalformedJsonException {
        JsonNode member = object.path(name);
        if (member.isMissingNode() || member.isNull()) {
            return null;
        }
        if (!member.isString()) {
            throw new MalformedJsonException("member \"" + name + "\" is no string");
        }
        return member.stringValue();
    }

    /** An integer, as a number or as its decimal text. */
    static long integer(JsonNode object, String name) throws MalformedJsonException {
        JsonNode member = object.path(name);
        if (member.canConvertToLong() && member.isNumber()) {
            return member.longValue();
        }
        return decimal(text(object, name), name);
    }

    static long decimal(@Nullable String text, String name) throws MalformedJsonException {
        try {
            return Long.parseLong(text == null ? "" : text);
        } catch (NumberFormatException e) {
            throw new MalformedJsonException("\"" + name + "\" is no integer: " + text, e);
        }
    }

    static Tags tags(JsonNode object, String name) throws MalformedJsonException {
        JsonNode array = object.path(name);
        if (!array.isArray()) {
            throw new MalformedJsonException("member \"" + name + "\" is missing or no array");
        }
        List<Tag> tags = new ArrayList<>(array.size());
        for (JsonNode tag : array) {
            tags.add(new Tag(text(tag, "name"), text(tag, "value")));
        }
        return Tags.of(tags);
    }
}
