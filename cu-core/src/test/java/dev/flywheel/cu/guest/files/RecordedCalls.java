package dev.flywheel.cu.guest.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.host.GuestThrownException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls of imports with the answers of the reference's Python host, one session a line. Made by
 * {@code make_vectors.py}, which lies beside them and says what a line holds.
 */
public final class RecordedCalls {
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode session;

    private RecordedCalls(JsonNode session) {
        this.session = session;
    }

    /** All lines of a resource as JSON. */
    public static List<JsonNode> lines(Class<?> beside, String name) {
        List<JsonNode> lines = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name);
                BufferedReader reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(lines).isNotEmpty();
        return lines;
    }

    public static List<RecordedCalls> sessions(Class<?> beside, String name) {
        return lines(beside, name).stream().map(RecordedCalls::new).toList();
    }

    public String family() {
        return session.get("family").asString();
    }

    public int count() {
        return session.get("calls").size();
    }

    /** Makes calls and compares answers and memory. */
    public void replay(CallingGuest guest, int from, int to) {
        for (int i = from; i < to; i++) {
            JsonNode call = session.get("calls").get(i);
            for (JsonNode poke : call.get(0)) {
                byte[] bytes = HexFormat.of().parseHex(poke.get(1).asString());
                guest.memory.write(poke.get(0).asLong(), bytes);
            }
            long[] arguments = new long[call.get(2).size()];
            for (int j = 0; j < arguments.length; j++) {
                arguments[j] = call.get(2).get(j).asLong();
            }
            int number = i;
            Supplier<String> where = () -> family() + " call " + number + " " + call;
            assertThat(answer(guest, call.get(1).asString(), arguments))
                    .as(where)
                    .isEqualTo(expected(call.get(3)));
            assertThat(guest.memoryCrc()).as(where).isEqualTo(call.get(4).asLong());
        }
    }

    private static Object answer(CallingGuest guest, String name, long... arguments) {
        try {
            return guest.call(name, arguments);
        } catch (GuestThrownException e) {
            return List.of(e.kind(), e.getMessage());
        }
    }

    private static Object expected(JsonNode answer) {
        if (answer.isArray()) {
            return List.of(answer.get(0).asString(), answer.get(1).asString());
        }
        return answer.asLong();
    }

    /** Compares the calls of the guest's own functions. */
    public void checkExports(CallingGuest guest) {
        List<List<Object>> expected = new ArrayList<>();
        for (JsonNode asked : session.get("exports")) {
            expected.add(List.of(asked.get(0).asString(), asked.get(1).asLong()));
        }
        assertThat(guest.asked).isEqualTo(expected);
    }

    /** Compares what was printed. */
    public void checkConsole(GuestConsole console) {
        byte[] kept = console.bytes();
        CRC32 crc = new CRC32();
        crc.update(kept);
        assertThat(kept.length + console.droppedBytes()).isEqualTo(session.get("console").asLong());
        assertThat(crc.getValue()).isEqualTo(session.get("consoleCrc").asLong());
    }
}
