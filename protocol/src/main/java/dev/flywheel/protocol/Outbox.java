package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a process wants delivered after an evaluation.
 *
 * <p>A process may return anything, so each entry that cannot be delivered is left out and named in
 * {@link #dropped}. The reference does so with messages but rejects a whole result for one bad
 * spawn or assignment; here the others go out.
 *
 * @param messages messages in order
 * @param spawns new processes in order
 * @param assignments assignments in order
 * @param dropped what was left out and why, for the log
 */
public record Outbox(
        List<Message> messages,
        List<Spawn> spawns,
        List<Assignment> assignments,
        List<String> dropped) {
    private static final String NO_DATA = " ";
    private static final String ASSIGNMENTS_TAG = "Assignments";

    /**
     * A message to send.
     *
     * @param target a process or a wallet, not checked
     * @param anchor the anchor text; null when the process gave null. An item takes only 32 bytes
     * @param tags the tags, without {@code Assignments}
     * @param data the data; a single space when there is none, as the reference sends
     * @param assignTo processes that the message is to be assigned to after it was written; usually
     *     empty
     */
    public record Message(
            String target,
            @Nullable String anchor,
            Tags tags,
            String data,
            List<String> assignTo) {}

    /**
     * A process to make.
     *
     * @param tags the tags
     * @param anchor the anchor text; not used for the item
     * @param data the data; a single space when there is none
     */
    public record Spawn(Tags tags, @Nullable String anchor, String data) {}

    /**
     * An item to assign.
     *
     * @param processes the processes to assign it to
     * @param message the item's id
     * @param baseLayer whether the item is a transaction of the base layer
     * @param exclude fields not to load
     */
    public record Assignment(
            List<String> processes, String message, boolean baseLayer, List<String> exclude) {}

    /** Copies the lists. */
    public Outbox {
        messages = List.copyOf(messages);
        spawns = List.copyOf(spawns);
        assignments = List.copyOf(assignments);
        dropped = List.copyOf(dropped);
    }

    /** Number of entries to deliver. */
    public int size() {
        return messages.size() + spawns.size() + assignments.size();
    }

    /**
     * Reads a result body, or the node of an edge. An error in it changes nothing: the reference
     * delivers as well.
     *
     * @throws MalformedJsonException if it is no JSON object
     */
    public static Outbox parse(byte[] resultJson) throws MalformedJsonException {
        return read(JsonFields.parse(resultJson, "The compute unit's result"));
    }

    /**
     * Reads a result that was parsed.
     *
     * @throws MalformedJsonException if it is no JSON object
     */
    public static Outbox read(JsonNode result) throws MalformedJsonException {
        if (!result.isObject()) {
            throw new MalformedJsonException("the compute unit's result is no JSON object");
        }
        List<String> dropped = new ArrayList<>();
        return new Outbox(
                readAll(result.path("Messages"), "Messages", Outbox::readMessage, dropped),
                readAll(result.path("Spawns"), "Spawns", Outbox::readSpawn, dropped),
                readAll(result.path("Assignments"), "Assignments", Outbox::readAssignment, dropped),
                dropped);
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(JsonNode entry) throws MalformedJsonException;
    }

    private static <T> List<T> readAll(
            JsonNode array, String list, Reader<T> reader, List<String> dropped) {
        List<T> read = new ArrayList<>();
        if (!array.isArray()) {
            // A Lua table without entries may be encoded as an object; anything else is named.
            boolean none =
                    array.isMissingNode()
                            || array.isNull()
                            || (array.isObject() && array.isEmpty());
            if (!none) {
                dropped.add(list + " is no array");
            }
            return read;
        }
        for (int i = 0; i < array.size(); i++) {
            try {
                read.add(reader.read(array.get(i)));
            } catch (MalformedJsonException e) {
                dropped.add(list + "[" + i + "]: " + e.getMessage());
            }
        }
        return read;
    }

    private static Message readMessage(JsonNode entry) throws MalformedJsonException {
        if (!entry.has("Anchor")) {
            throw new MalformedJsonException("member \"Anchor\" is missing");
        }
        String target = JsonFields.text(entry, "Target");
        String anchor = JsonFields.textOrNull(entry, "Anchor");
        List<Tag> tags = new ArrayList<>();
        List<String> assignTo = new ArrayList<>();
        JsonNode array = entry.path("Tags");
        if (!array.isArray()) {
            throw new MalformedJsonException("member \"Tags\" is missing or no array");
        }
        for (JsonNode tag : array) {
            String name = JsonFields.text(tag, "name");
            if (name.equals(ASSIGNMENTS_TAG)) {
                readAssignTo(tag.path("value"), assignTo);
            } else {
                tags.add(new Tag(name, JsonFields.text(tag, "value")));
            }
        }
        return new Message(target, anchor, Tags.of(tags), data(entry), List.copyOf(assignTo));
    }

    /** The value of an Assignments tag: an array of ids or a list with commas. */
    private static void readAssignTo(JsonNode value, List<String> assignTo)
            throws MalformedJsonException {
        if (value.isArray()) {
            assignTo.addAll(texts(value, ASSIGNMENTS_TAG));
        } else if (value.isString()) {
            for (String id : value.stringValue().split(",", -1)) {
                if (!id.isBlank()) {
                    assignTo.add(id.strip());
                }
            }
        } else {
            throw new MalformedJsonException("tag \"Assignments\" is neither text nor an array");
        }
    }

    private static Spawn readSpawn(JsonNode entry) throws MalformedJsonException {
        return new Spawn(
                JsonFields.tags(entry, "Tags"),
                JsonFields.textOrNull(entry, "Anchor"),
                data(entry));
    }

    private static Assignment readAssignment(JsonNode entry) throws MalformedJsonException {
        JsonNode processes = entry.path("Processes");
        if (!processes.isArray()) {
            throw new MalformedJsonException("member \"Processes\" is missing or no array");
        }
        JsonNode exclude = entry.path("Exclude");
        List<String> excluded =
                exclude.isString()
                        ? List.of(exclude.stringValue())
                        : exclude.isArray() ? texts(exclude, "Exclude") : List.of();
        return new Assignment(
                texts(processes, "Processes"),
                JsonFields.text(entry, "Message"),
                entry.path("BaseLayer").booleanValue(false),
                excluded);
    }

    private static List<String> texts(JsonNode array, String name) throws MalformedJsonException {
        List<String> texts = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            if (!element.isString()) {
                throw new MalformedJsonException(
                        "\"" + name + "\" holds something that is no string");
            }
            texts.add(element.stringValue());
        }
        return List.copyOf(texts);
    }

    /** Text as it is; a space for what JavaScript takes for false; anything else cannot be sent. */
    private static String data(JsonNode entry) throws MalformedJsonException {
        JsonNode data = entry.path("Data");
        if (data.isString()) {
            return data.stringValue().isEmpty() ? NO_DATA : data.stringValue();
        }
        boolean falsy =
                data.isMissingNode()
                        || data.isNull()
                        || (data.isBoolean() && !data.booleanValue())
                        || (data.isNumber() && data.doubleValue() == 0);
        if (!falsy) {
            throw new MalformedJsonException("member \"Data\" is no string");
        }
        return NO_DATA;
    }
}
