package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.pipeline.ProcessView;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HyperBeamPage;
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
    /** Whom the reference takes for the asker when a HyperBEAM node does not say. */
    private static final String ANYBODY = "1234";

    private final JsonNode body;
    private final String owner;
    private final Tags tags;
    private final boolean ofNode;

    private DryRun(JsonNode body, String owner, Tags tags, boolean ofNode) {
        this.body = body;
        this.owner = owner;
        this.tags = tags;
        this.ofNode = ofNode;
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
        if (body.isString()) {
            try {
                body = Json.MAPPER.readTree(body.stringValue());
            } catch (JacksonException e) {
                throw new StatusException(
                        400, "Body is a string without JSON: " + e.getOriginalMessage());
            }
        }
        if (body.path("Owner").isString()
                && body.path("Owner").stringValue().isEmpty()
                && body.path("Tags").isArray()) {
            return new DryRun(body, ANYBODY, HyperBeamPage.tags(body.path("Tags")), true);
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
        return new DryRun(body, owner, tags, false);
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

    /** Whether a HyperBEAM node asks: its Owner is there, and empty. */
    boolean isOfNode() {
        return ofNode;
    }

    /** The message for a process as it stands. */
    ProcessMessage message(ProcessView process) {
        String target = body.path("Target").isString() ? text("Target") : null;
        return new ProcessMessage(
                ProcessMessage.Kind.DRY_RUN,
                text("Id"),
                text("Signature"),
                text("Data"),
                owner,
                target == null ? process.id().toString() : target,
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
        if (ofNode && member.isString() && member.stringValue().isEmpty() && !name.equals("Data")) {
            return null; // how nodes say that it is absent
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
