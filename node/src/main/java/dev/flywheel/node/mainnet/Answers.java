package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Writes answers in the codec that was asked for. Stateless. */
final class Answers {
    private static final String INTEGER_SLOT = "slot=\"integer\"";

    private Answers() {}

    /** What was scheduled. Headers in both codecs: the client reads some of them under JSON too. */
    static Response scheduled(Codec codec, Id process, Id message, long slot) {
        JsonText json = new JsonText(256).beginObject();
        json.name("slot").number(slot);
        json.name("id").string(message.toString());
        json.name("process").string(process.toString()).endObject();
        Response answer =
                Response.json(200, json.toByteArray())
                        .withHeader("process", process.toString())
                        .withHeader("id", message.toString())
                        .withHeader("message", message.toString())
                        .withHeader("slot", Long.toString(slot));
        return codec == Codec.JSON ? answer : digested(answer.withHeader("ao-types", INTEGER_SLOT));
    }

    /** A result as the compute unit wrote it, under the name that the client reads. */
    static Response result(Codec codec, byte[] raw, boolean bare) {
        byte[] json =
                bare
                        ? raw
                        : new JsonText(raw.length + 16)
                                .beginObject()
                                .name("raw")
                                .raw(raw)
                                .endObject()
                                .toByteArray();
        Response answer = Response.json(200, json);
        return codec == Codec.JSON ? answer : digested(answer);
    }

    /** A plain value. */
    static Response value(Codec codec, long number) {
        String text = Long.toString(number);
        return codec == Codec.JSON
                ? Response.json(200, text)
                : digested(Response.text(200, text).withHeader("ao-result", "body"));
    }

    /** A plain value. */
    static Response value(Codec codec, String text) {
        return codec == Codec.JSON
                ? Response.json(200, JsonText.quote(text))
                : digested(Response.text(200, text).withHeader("ao-result", "body"));
    }

    private static Response digested(Response answer) {
        byte[] body = ((Response.Bytes) answer.body()).bytes();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            String text = Base64.getEncoder().encodeToString(digest);
            return answer.withHeader("content-digest", "sha-256=:" + text + ":");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
