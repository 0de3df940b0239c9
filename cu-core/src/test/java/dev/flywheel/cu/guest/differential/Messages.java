package dev.flywheel.cu.guest.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.util.List;

/** Messages and environments with the fields of the reference's compute unit, in its order. */
public final class Messages {
    static final String PEER = id("peer");
    static final String MODULE = id("module");
    private static final String PROCESS = id("process");
    private static final String OWNER = id("owner");
    private static final String AUTHORITY = id("authority");
    private static final String STRANGER = id("stranger");
    private static final List<String> PROCESS_TAGS =
            List.of(
                    "Data-Protocol", "ao",
                    "Variant", "ao.TN.1",
                    "Type", "Process",
                    "Module", MODULE,
                    "Authority", AUTHORITY,
                    "Name", "generated");
    private static final long FIRST_TIMESTAMP_MS = 1_700_000_000_000L;
    private static final long FIRST_HEIGHT = 1_300_000;

    private Messages() {}

    private static String id(String name) {
        return Id.sha256(name.getBytes(UTF_8)).toString();
    }

    /** The message of this number. */
    public static byte[] message(Sequence sequence, int nonce) {
        Step step = sequence.steps().get(nonce);
        boolean cron = step.kind() == Step.Kind.CRON;
        JsonText json = new JsonText().beginObject();
        if (!cron) {
            json.name("Id").string(nonce == 0 ? PROCESS : id("message" + nonce));
            json.name("Signature").string(id("a" + nonce) + id("b" + nonce));
            json.name("Data").string(step.text());
        }
        json.name("Owner").string(owner(step));
        json.name("Target").string(PROCESS);
        if (!cron) {
            json.name("Anchor").string("0".repeat(32));
        }
        json.name("From").string(from(step));
        if (step.kind() == Step.Kind.TRUSTED) {
            json.name("Forwarded-By").string(AUTHORITY);
        }
        tags(json, step, sequence.spawn());
        if (!cron) {
            json.name("Epoch").number(0).name("Nonce").number(nonce);
        }
        json.name("Timestamp").number(FIRST_TIMESTAMP_MS + nonce * 1000L);
        json.name("Block-Height").number(FIRST_HEIGHT + nonce);
        if (!cron) {
            json.name("Hash-Chain").string(id("chain" + nonce));
        }
        json.name("Cron").bool(cron).name("Read-Only").bool(false);
        return json.endObject().toByteArray();
    }

    /** The environment, the same for all messages of a sequence. */
    public static byte[] environment(Sequence sequence) {
        JsonText json = new JsonText().beginObject().name("Process").beginObject();
        json.name("Id").string(PROCESS).name("Owner").string(OWNER).name("Tags").beginArray();
        tags(json, PROCESS_TAGS);
        spawnTag(json, sequence.spawn());
        json.endArray().endObject().name("Module").beginObject();
        json.name("Id").string(MODULE).name("Owner").string(OWNER).name("Tags").beginArray();
        tags(json, List.of("Type", "Module", "Memory-Limit", "500-mb"));
        return json.endArray().endObject().endObject().toByteArray();
    }

    private static String owner(Step step) {
        return switch (step.kind()) {
            case TRUSTED -> AUTHORITY;
            case STRANGER -> STRANGER;
            default -> OWNER;
        };
    }

    private static String from(Step step) {
        return step.kind() == Step.Kind.TRUSTED ? PEER : owner(step);
    }

    private static void tags(JsonText json, Step step, int spawn) {
        json.name("Tags").beginArray();
        switch (step.kind()) {
            case SPAWN -> {
                tags(json, PROCESS_TAGS);
                spawnTag(json, spawn);
            }
            case PROGRAM, SOURCE -> tags(json, List.of("Type", "Message", "Action", "Eval"));
            case TRUSTED -> tags(json, List.of("Type", "Message", "From-Process", PEER));
            case OWNER, STRANGER, CRON -> {}
        }
        tags(json, step.tags());
        json.endArray();
    }

    private static void spawnTag(JsonText json, int spawn) {
        tags(json, List.of("Variation", "v".repeat(spawn)));
    }

    private static void tags(JsonText json, List<String> tags) {
        for (int i = 0; i < tags.size(); i += 2) {
            json.beginObject().name("name").string(tags.get(i));
            json.name("value").string(tags.get(i + 1)).endObject();
        }
    }
}
