package dev.flywheel.node.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flywheel.protocol.Base64Url;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Signs requests as HyperBEAM nodes of today do. */
final class HttpSigner {
    private final KeyPair key;
    private final byte[] modulus;

    HttpSigner() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(4096);
        key = generator.generateKeyPair();
        BigInteger n = ((RSAPublicKey) key.getPublic()).getModulus();
        byte[] bytes = n.toByteArray();
        modulus = Arrays.copyOfRange(bytes, bytes.length - 512, bytes.length);
    }

    String address() throws GeneralSecurityException {
        return Base64Url.encode(MessageDigest.getInstance("SHA-256").digest(modulus));
    }

    /** These headers, all of them signed, with a digest of the body where there is one. */
    Map<String, String> sign(Map<String, String> headers, byte[] body)
            throws GeneralSecurityException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        Base64.Encoder base64 = Base64.getEncoder();
        if (body.length > 0) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            all.put("content-digest", "sha-256=:" + base64.encodeToString(digest) + ":");
        }
        StringBuilder base = new StringBuilder();
        StringBuilder list = new StringBuilder();
        all.forEach(
                (name, value) -> {
                    base.append('"').append(name).append("\": ").append(value).append('\n');
                    list.append(list.isEmpty() ? "\"" : " \"").append(name).append('"');
                });
        String input =
                "(%s);alg=\"rsa-pss-sha512\";keyid=\"publickey:%s\""
                        .formatted(list, base64.encodeToString(modulus));
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
        pss.initSign(key.getPrivate());
        pss.update((base + "\"@signature-params\": " + input).getBytes(ISO_8859_1));
        all.put("signature-input", "comm-x=" + input);
        all.put("signature", "comm-x=:" + base64.encodeToString(pss.sign()) + ":");
        return all;
    }
}
