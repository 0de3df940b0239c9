package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Signs as the RFC and HyperBEAM say, apart from the code that verifies. */
final class HttpSigning {
    private static final ArweaveKey KEY = Golden.arweaveKey("rsa4096-a");

    private HttpSigning() {}

    static String signer() {
        return KEY.address();
    }

    static String newerKeyId() {
        return "publickey:" + Base64.getEncoder().encodeToString(KEY.owner());
    }

    static String olderKeyId() {
        return Base64Url.encode(KEY.owner());
    }

    /** Adds the two headers for a base. */
    static void sign(Map<String, String> headers, String base, String input, int saltBytes) {
        headers.put("signature-input", "sig=" + input);
        headers.put(
                "signature",
                "sig=:" + Base64.getEncoder().encodeToString(signature(base, saltBytes)) + ":");
    }

    static byte[] signature(String base, int saltBytes) {
        try {
            Signature pss = Signature.getInstance("RSASSA-PSS");
            pss.setParameter(
                    new PSSParameterSpec(
                            "SHA-512", "MGF1", MGF1ParameterSpec.SHA512, saltBytes, 1));
            pss.initSign(key());
            pss.update(base.getBytes(ISO_8859_1));
            return pss.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static PrivateKey key() throws GeneralSecurityException {
        JsonNode jwk = Json.MAPPER.readTree(KEY.toJwk());
        return KeyFactory.getInstance("RSA")
                .generatePrivate(
                        new RSAPrivateCrtKeySpec(
                                number(jwk, "n"),
                                number(jwk, "e"),
                                number(jwk, "d"),
                                number(jwk, "p"),
                                number(jwk, "q"),
                                number(jwk, "dp"),
                                number(jwk, "dq"),
                                number(jwk, "qi")));
    }

    private static BigInteger number(JsonNode jwk, String name) {
        return new BigInteger(1, Base64Url.decode(jwk.path(name).stringValue()));
    }
}
