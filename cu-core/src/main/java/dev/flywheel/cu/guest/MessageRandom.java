package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.files.RandomBytes;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A guest's random bytes: a stream fixed by process and message, so that the same log gives the
 * same bytes everywhere. SHA-256 of (purpose, process, message id, block number), block after
 * block; unpredictable only to whoever does not know the message.
 */
final class MessageRandom implements RandomBytes {
    private static final byte[] PURPOSE = "flywheel guest random bytes 1".getBytes(US_ASCII);

    private final byte[] processId;
    private byte[] messageJson = new byte[0];
    private @Nullable Id key;
    private byte[] block = new byte[0];
    private int used;
    private long blocks;

    MessageRandom(Id processId) {
        this.processId = processId.bytes();
    }

    /** Starts the stream of this message; costs nothing until bytes are asked for. */
    void begin(byte[] messageJson) {
        this.messageJson = messageJson;
        key = null;
        used = 0;
        block = new byte[0];
        blocks = 0;
    }

    @Override
    public void fill(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (used == block.length) {
                block = next();
                used = 0;
            }
            bytes[i] = block[used++];
        }
    }

    private byte[] next() {
        Id now = key;
        if (now == null) {
            now = Id.sha256(PURPOSE, processId, messageName(messageJson));
            key = now;
        }
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(blocks++).array();
        return Id.sha256(now.bytes(), number).bytes();
    }

    /** The message's id; all of the message where it has none, as cron messages. */
    private static byte[] messageName(byte[] message) {
        try (JsonParser parser = Json.MAPPER.createParser(message)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    boolean id = parser.currentName().equals("Id");
                    if (parser.nextToken() == JsonToken.VALUE_STRING && id) {
                        return parser.getString().getBytes(UTF_8);
                    }
                    parser.skipChildren();
                }
            }
            return message;
        } catch (JacksonException e) {
            return message; // not JSON: the guest's matter
        }
    }
}
