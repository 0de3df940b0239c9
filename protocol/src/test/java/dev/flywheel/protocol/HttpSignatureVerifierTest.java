package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HttpSignatureVerifierTest {
    private static final byte[] NOTHING = {};
    private static final String ALG = "alg=\"rsa-pss-sha512\"";

    private static final Instant NOW = Instant.ofEpochSecond(1_000);

    private final HttpSignatureVerifier verifier = new HttpSignatureVerifier();

    private HttpSignatureVerifier.Verified verify(Map<String, String> headers, byte[] body)
            throws HttpSignatureException {
        return verifier.verify(message(headers, body), NOW);
    }

    private static HttpMessage message(Map<String, String> headers, byte[] body) {
        return message("/p~process@1.0/push", headers, body);
    }

    private static HttpMessage message(String path, Map<String, String> headers, byte[] body) {
        return new HttpMessage(
                "POST",
                "h:1",
                path,
                "",
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                body);
    }

    private void assertRefused(Map<String, String> headers, byte[] body, String reason) {
        assertThatThrownBy(() -> verify(headers, body))
                .isInstanceOf(HttpSignatureException.class)
                .hasMessageContaining(reason);
    }

    /** A running HyperBEAM node's answer, recorded. */
    private static Map<String, String> nodeAnswer() {
        Map<String, String> headers = new HashMap<>();
        for (String line : nodeAnswerParts()[0].split("\n")) {
            String[] field = line.split(": ", 2);
            if (field.length == 2) {
                headers.put(field[0].toLowerCase(Locale.ROOT), field[1]);
            }
        }
        return headers;
    }

    private static byte[] nodeAnswerBody() {
        return nodeAnswerParts()[1].strip().getBytes(UTF_8);
    }

    private static String[] nodeAnswerParts() {
        String name = "/golden/httpsig/node-answer.txt";
        try (InputStream in = HttpSignatureVerifierTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).split("\n\n", 2);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldVerifyWhatANodeSigned() throws Exception {
        HttpSignatureVerifier.Verified verified = verify(nodeAnswer(), nodeAnswerBody());
        assertThat(verified.components())
                .containsExactly("ao-result", "ao-types", "content-digest", "status");
        assertThat(verified.covers("status")).isTrue();
        assertThat(verified.covers("server")).isFalse();
        // The node's own name for its signature.
        assertThat("comm-" + verified.id().toString().toLowerCase(Locale.ROOT))
                .isEqualTo("comm-swy34z4zkgqu8jc4cg_eknun495nltm1dy4nkwuzab8");
        assertThat(verified.signer()).hasSize(43);
    }

    @Test
    void shouldRefuseEachByteOfASignatureFlipped() {
        Map<String, String> headers = nodeAnswer();
        String text = headers.getOrDefault("signature", "");
        int from = text.indexOf(':', text.indexOf("comm-swy34")) + 1;
        byte[] signature =
                Base64.getDecoder().decode(text.substring(from, text.length() - 1).strip());
        assertThat(signature).hasSize(512);
        for (int i = 0; i < signature.length; i++) {
            byte[] flipped = signature.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            headers.put(
                    "signature",
                    text.substring(0, from) + Base64.getEncoder().encodeToString(flipped) + ":");
            assertRefused(headers, nodeAnswerBody(), "does not fit");
        }
    }

    @Test
    void shouldRefuseEachByteOfWhatIsSignedFlipped() {
        Map<String, String> headers = nodeAnswer();
        for (String name : List.of("ao-result", "ao-types", "content-digest", "status")) {
            assertEachByteCounts(headers, name, 0);
        }
        String input = headers.getOrDefault("signature-input", "");
        assertEachByteCounts(headers, "signature-input", input.indexOf("comm-swy34"));
        byte[] body = nodeAnswerBody();
        for (int i = 0; i < body.length; i++) {
            byte[] flipped = body.clone();
            flipped[i] ^= 1;
            assertRefused(headers, flipped, "content-digest is not that of the body");
        }
    }

    private void assertEachByteCounts(Map<String, String> headers, String name, int from) {
        String value = headers.getOrDefault(name, "");
        assertThat(value).isNotEmpty();
        for (int i = from; i < value.length(); i++) {
            Map<String, String> changed = new HashMap<>(headers);
            char flipped = (char) (value.charAt(i) ^ 1);
            changed.put(name, value.substring(0, i) + flipped + value.substring(i + 1));
            assertThatThrownBy(() -> verify(changed, nodeAnswerBody()))
                    .as("%s at %d", name, i)
                    .isInstanceOf(HttpSignatureException.class);
        }
    }

    @Test
    void shouldVerifyWhatOlderClientsSign() throws Exception {
        List<JsonNode> lines = Golden.lines("httpsig/requests.jsonl.gz");
        assertThat(lines).hasSizeGreaterThan(14);
        for (JsonNode line : lines) {
            String name = line.path("name").stringValue();
            Map<String, String> headers = new HashMap<>();
            line.path("headers")
                    .forEach(
                            field ->
                                    headers.put(
                                            field.path(0).stringValue(),
                                            field.path(1).stringValue()));
            byte[] body = Base64Url.decode(line.path("body").stringValue());
            String path = line.path("path").stringValue();
            HttpSignatureVerifier.Verified verified =
                    verifier.verify(message(path, headers, body), NOW);
            assertThat(verified.signer()).as(name).isEqualTo(line.path("signer").stringValue());
            assertThat(verified.id().toString()).as(name).isEqualTo(line.path("id").stringValue());
            for (String component : verified.components()) {
                Map<String, String> changed = new HashMap<>(headers);
                changed.merge(component, "x", String::concat);
                String other = component.equals("@path") ? path + "x" : path;
                assertThatThrownBy(() -> verifier.verify(message(other, changed, body), NOW))
                        .as("%s without %s", name, component)
                        .isInstanceOf(HttpSignatureException.class);
            }
        }
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("action", "Eval");
        headers.put("target", "there");
        return headers;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32, 64, 446})
    void shouldTakeAnySaltInBothGenerations(int saltBytes) throws Exception {
        Map<String, String> newer = headers();
        // Parameters in the header's order, and signed in that of their names.
        String list = "(\"action\" \"@path\" \"target\")";
        String keyId = "keyid=\"" + HttpSigning.newerKeyId() + "\"";
        String base = "\"action\": Eval\n\"path\": /p~process@1.0/push\n\"target\": there\n";
        HttpSigning.sign(
                newer,
                base + "\"@signature-params\": " + list + ";" + ALG + ";created=5;" + keyId,
                list + ";" + keyId + ";" + ALG + ";created=5;unknown=1",
                saltBytes);
        assertThat(verify(newer, NOTHING).signer()).isEqualTo(HttpSigning.signer());
        String input = list + ";" + ALG + ";keyid=\"" + HttpSigning.olderKeyId() + "\";x=1";
        for (String line : List.of("\"@path\"", "\"path\"")) {
            Map<String, String> older = headers();
            HttpSigning.sign(
                    older,
                    base.replace("\"path\"", line) + "\"@signature-params\": " + input,
                    input,
                    saltBytes);
            assertThat(verify(older, NOTHING).signer()).isEqualTo(HttpSigning.signer());
        }
    }

    private static Map<String, String> signed(Map<String, String> headers, String more) {
        StringBuilder base = new StringBuilder();
        StringBuilder list = new StringBuilder();
        headers.forEach(
                (name, value) -> {
                    base.append('"').append(name).append("\": ").append(value).append('\n');
                    list.append(list.isEmpty() ? "(\"" : " \"").append(name).append('"');
                });
        String input = list + ");" + ALG + ";keyid=\"" + HttpSigning.olderKeyId() + "\"" + more;
        HttpSigning.sign(headers, base + "\"@signature-params\": " + input, input, 64);
        return headers;
    }

    @Test
    void shouldRefuseABodyThatIsNotCovered() {
        assertRefused(signed(headers(), ""), new byte[] {1}, "does not cover the body");
        Map<String, String> other = headers();
        other.put("content-digest", "sha-512=:AAAA:");
        assertRefused(signed(other, ""), new byte[] {1}, "has no sha-256");
    }

    @Test
    void shouldTakeADigestInBothKindsOfBase64() throws Exception {
        byte[] body = "any".getBytes(UTF_8);
        byte[] digest = Digests.sha256().digest(body);
        for (String text :
                List.of(
                        Base64.getEncoder().encodeToString(digest),
                        Base64Url.encode(digest),
                        Base64.getUrlEncoder().encodeToString(digest))) {
            Map<String, String> headers = headers();
            headers.put("content-digest", "sha-256=:" + text + ":");
            assertThat(verify(signed(headers, ""), body).signer()).isEqualTo(HttpSigning.signer());
        }
    }

    @Test
    void shouldRefuseWhatHasExpired() throws Exception {
        assertRefused(signed(headers(), ";expires=1000"), NOTHING, "expired at 1000");
        assertRefused(signed(headers(), ";expires=soon"), NOTHING, "no time");
        assertThat(verify(signed(headers(), ";expires=1001"), NOTHING).signer())
                .isEqualTo(HttpSigning.signer());
    }

    @Test
    void shouldRefuseTwoSigners() {
        Map<String, String> headers = signed(headers(), "");
        headers.merge("signature-input", "", (input, none) -> input + ", b" + input.substring(3));
        assertRefused(headers, NOTHING, "more than one signature");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sig=(\"a\");keyid=\"x\" | no signature by rsa-pss-sha512",
                "sig=5;alg=\"rsa-pss-sha512\" | no signature by rsa-pss-sha512",
                "sig=(\"a\");alg=\"hmac-sha256\";keyid=\"constant:ao\" | no signature by rsa-pss-sha512",
                "other=(\"a\");alg=\"rsa-pss-sha512\" | no bytes for the signature other",
                "sig=(\"action\");alg=\"rsa-pss-sha512\" | no keyid",
                "sig=(\"action\");alg=\"rsa-pss-sha512\";keyid=\"AAAA\" | RSA key of 4096 bits",
                "sig=(\"action\");alg=\"rsa-pss-sha512\";keyid=\"secret:AAAA\" | RSA key of 4096 bits",
                "sig=(\"action\" \"action\");alg=\"rsa-pss-sha512\";keyid=\"KEY\" | each component once",
                "sig=(action);alg=\"rsa-pss-sha512\";keyid=\"KEY\" | as a string",
                "sig=(\"Action\");alg=\"rsa-pss-sha512\";keyid=\"KEY\" | in lower case",
                "sig=(\"none\");alg=\"rsa-pss-sha512\";keyid=\"KEY\" | covers none",
                "sig=(\"@status\");alg=\"rsa-pss-sha512\";keyid=\"KEY\" | covers @status",
                "sig=(\"action\";sf);alg=\"rsa-pss-sha512\";keyid=\"KEY\" | not supported",
                "sig=(\"action\");alg=\"rsa-pss-sha512\";keyid=\"KEY\" | does not fit",
                "sig=(\"action\" | an item is expected",
                "sig=(\"action | ends within an item",
                "sig=(\"a\"\"b\") | separated by spaces",
                "sig=(), | ends with a comma",
                "sig=() x | is expected at character",
                "sig=();a;a | comes twice",
                "Sig=() | a key is expected",
                "=() | a key is expected"
            })
    void shouldSayWhatIsWrongWithAnInput(String input, String reason) {
        Map<String, String> headers = signed(headers(), "");
        headers.put("signature-input", input.replace("KEY", HttpSigning.olderKeyId()));
        assertRefused(headers, NOTHING, reason);
    }

    @Test
    void shouldBoundWhatItReads() {
        Map<String, String> headers = signed(headers(), "");
        headers.put("signature-input", "sig=(" + "\"a\" ".repeat(129) + ")");
        assertRefused(headers, NOTHING, "more than 128 items");
        StringBuilder many = new StringBuilder("a0=()");
        for (int i = 1; i <= ProtocolLimits.HTTP_SIGNATURES_MAX; i++) {
            many.append(", a").append(i).append("=()");
        }
        headers.put("signature-input", many.toString());
        assertRefused(headers, NOTHING, "more than 16 members");
        headers.remove("signature-input");
        assertRefused(headers, NOTHING, "no header signature-input");
    }
}
