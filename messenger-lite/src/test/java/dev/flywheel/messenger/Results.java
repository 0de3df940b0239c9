package dev.flywheel.messenger;

import dev.flywheel.protocol.JsonText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes results as a compute unit answers them. */
final class Results {
    static final String EMPTY =
            "{\"Messages\":[],\"Assignments\":[],\"Spawns\":[],\"Output\":\"\",\"GasUsed\":0}";

    private final List<String> messages = new ArrayList<>();
    private final List<String> spawns = new ArrayList<>();
    private final List<String> assignments = new ArrayList<>();
    private int reference;

    /** A message as aos sends it. */
    Results message(String target, String data, String... namesAndValues) {
        messages.add(entry(target, data, "Message", namesAndValues));
        return this;
    }

    Results rawMessage(String json) {
        messages.add(json);
        return this;
    }

    /** A spawn as aos makes it. */
    Results spawn(String spawner, String data, String... namesAndValues) {
        String[] all = new String[namesAndValues.length + 4];
        all[0] = "From-Process";
        all[1] = spawner;
        all[2] = "Module";
        all[3] = TestItems.MODULE;
        System.arraycopy(namesAndValues, 0, all, 4, namesAndValues.length);
        spawns.add(entry(null, data, "Process", all));
        return this;
    }

    Results rawSpawn(String json) {
        spawns.add(json);
        return this;
    }

    Results assignment(String message, String... processes) {
        assignments.add(
                "{\"Message\":\"%s\",\"Processes\":[\"%s\"]}"
                        .formatted(message, String.join("\",\"", processes)));
        return this;
    }

    Results rawAssignment(String json) {
        assignments.add(json);
        return this;
    }

    private String entry(
            @Nullable String target, String data, String type, String... namesAndValues) {
        reference++;
        JsonText json = new JsonText().beginObject();
        if (target != null) {
            json.name("Target").string(target);
        }
        json.name("Anchor").string("%032d".formatted(reference)).name("Data").string(data);
        json.name("Tags").beginArray();
        tag(json, "Data-Protocol", "ao");
        tag(json, "Variant", "ao.TN.1");
        tag(json, "Type", type);
        tag(json, "Reference", Integer.toString(reference));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tag(json, namesAndValues[i], namesAndValues[i + 1]);
        }
        return json.endArray().endObject().toString();
    }

    private static void tag(JsonText json, String name, String value) {
        json.beginObject().name("name").string(name).name("value").string(value).endObject();
    }

    String json() {
        return "{\"Messages\":[%s],\"Assignments\":[%s],\"Spawns\":[%s],\"Output\":\"\",\"GasUsed\":7}"
                .formatted(
                        String.join(",", messages),
                        String.join(",", assignments),
                        String.join(",", spawns));
    }
}
