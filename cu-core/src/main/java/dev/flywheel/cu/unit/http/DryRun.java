package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.pipeline.ProcessView;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Json;
import dev.flywheel.protocol.ProcessMessage;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The body of a dry run. Nothing in it is verified: whoever asks may claim any Owner. */
final class DryRun {
    private final JsonNode body;
    private final String owner;
    private final Tags tags;

    private DryRun(JsonNode body, String owner, Tags tags) {
        this.body = body;
        this.owner = owner;
        this.tags = tags;
    }

    /**
     * Reads a body.
     *
     * @throws StatusException in the reference's words when a field is missing
     */
    static DryRun parse(byte[] json) {
        JsonNode body;
        try {
            body = Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new StatusException(400, "Body is not valid JSON: " + e.getOriginalMessage());
        }
        List<String> missing = new ArrayList<>();
        String owner = body.path("Owner").stringValue("");
        if (owner.isEmpty()) {
            missing.add("'Owner': Required.");
        }
        Tags tags = tags(body.path("Tags"));
        if (tags == null) {
            missing.add("'Tags': Required.");
        }
        if (tags == null || !missing.isEmpty()) {
            throw new StatusException(500, String.join(" | ", missing));
        }
        return new DryRun(body, owner, tags);
    }

    private static @Nullable Tags tags(JsonNode array) {
        if (!array.isArray()) {
            return null;
        }
        List<Tag> tags = new ArrayList<>(array.size());
        for (JsonNode tag : array) {
            if (!tag.path("name").isString() || !tag.path("value").isValueNode()) {
                throw new StatusException(
                        500, "'Tags." + tags.size() + "': Expected name and value.");
            }
            tags.add(new Tag(tag.path("name").stringValue(), tag.path("value").asString("")));
        }
        return Tags.of(tags);
    }

    /** The message for a process as it stands. */
    ProcessMessage message(ProcessView process) {
        return new ProcessMessage(
                ProcessMessage.Kind.DRY_RUN,
                text("Id"),
                text("Signature"),
                text("Data"),
                owner,
                body.path("Target").isString()
                        ? body.path("Target").stringValue()
                        : process.id().toString(),
                text("Anchor"),
                ProcessMessage.sender(tags, owner),
                null,
                tags,
                number("Epoch"),
                number("Nonce"),
                numberOr("Timestamp", process.timestamp()),
                numberOr("Block-Height", process.blockHeight()),
                null);
    }

    /** A text, or the JSON of what stands there instead. */
    private @Nullable String text(String name) {
        JsonNode member = body.path(name);
        if (member.isMissingNode() || member.isNull()) {
            return null;
        }
        return member.isString() ? member.stringValue() : member.toString();
    }

    private @Nullable Long number(String name) {
        JsonNode member = body.path(name);
        if (member.isIntegralNumber() && member.canConvertToLong()) {
            return member.longValue();
        }
        try {
            return member.isString() ? Long.valueOf(member.stringValue()) : null;
        } catch (NumberFormatException e) {
            throw new StatusException(500, "'" + name + "': Expected number.");
        }
    }

    private long numberOr(String name, long otherwise) {
        Long number = number(name);
        return number == null ? otherwise : number;
    }
}
