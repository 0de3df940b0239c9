package dev.flywheel.protocol;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An Arweave wallet: an RSA-4096 key. Signs with RSA-PSS, SHA-256, MGF1-SHA-256 and a random salt
 * of 32 bytes, as browser wallets do. Immutable and thread-safe. The secret is in memory as long as
 * the object is; its text form is the JSON Web Key that Arweave calls a key file.
 */
public final class ArweaveKey implements Signer {
    private static final int MODULUS_BYTES = 512;

    private final RSAPrivateCrtKey key;
    private final byte[] owner;
    private final String address;

    /**
     * The key as the fast provider holds it: handing it the JDK's costs as much again as signing.
     * Made on first use; a race makes it twice.
     */
    private volatile @Nullable PrivateKey fastKey;

    private ArweaveKey(RSAPrivateCrtKey key) {
        this.key = key;
        this.owner = RsaPss.toBytes(key.getModulus(), MODULUS_BYTES);
        this.address = Id.sha256(owner).toString();
    }

    /**
     * A fresh key.
     *
     * @param bits 4096; items hold nothing else
     * @throws IllegalArgumentException for another size
     */
    public static ArweaveKey generate(int bits, SecureRandom random) {
        if (bits != MODULUS_BYTES * 8) {
            throw new IllegalArgumentException("An Arweave key has 4096 bits, asked for " + bits);
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(
                    new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
            return new ArweaveKey((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "This Java installation makes no RSA keys; install a complete JDK 25", e);
        }
    }

    /**
     * Reads a key file.
     *
     * @throws IllegalArgumentException if the text is no RSA JSON Web Key with all private parts
     *     and 4096 bits
     */
    public static ArweaveKey fromJwk(String json) {
        JsonNode jwk;
        try {
            jwk = Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "The key file is not JSON; give an Arweave JWK file", e);
        }
        if (!"RSA".equals(jwk.path("kty").stringValue(""))) {
            throw new IllegalArgumentException(
                    "The key file is no RSA JSON Web Key (kty must be RSA)");
        }
        RSAPrivateCrtKeySpec spec =
                new RSAPrivateCrtKeySpec(
                        number(jwk, "n"),
                        number(jwk, "e"),
                        number(jwk, "d"),
                        number(jwk, "p"),
                        number(jwk, "q"),
                        number(jwk, "dp"),
                        number(jwk, "dq"),
                        number(jwk, "qi"));
        if (spec.getModulus().bitLength() != MODULUS_BYTES * 8
                || !spec.getPublicExponent().equals(RSAKeyGenParameterSpec.F4)) {
            throw new IllegalArgumentException(
                    "An Arweave key has 4096 bits and exponent 65537, this one has "
                            + spec.getModulus().bitLength()
                            + " bits and exponent "
                            + spec.getPublicExponent());
        }
        if (!spec.getPrimeP().multiply(spec.getPrimeQ()).equals(spec.getModulus())) {
            throw new IllegalArgumentException(
                    "The key file contradicts itself: p times q is not n");
        }
        try {
            return new ArweaveKey(
                    (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(spec));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "The key file holds no usable RSA key: " + e.getMessage(), e);
        }
    }

    /** The key file: a JSON Web Key with all private parts. Secret. */
    public String toJwk() {
        JsonText json = new JsonText().beginObject().name("kty").string("RSA");
        member(json, "n", key.getModulus());
        member(json, "e", key.getPublicExponent());
        member(json, "d", key.getPrivateExponent());
        member(json, "p", key.getPrimeP());
        member(json, "q", key.getPrimeQ());
        member(json, "dp", key.getPrimeExponentP());
        member(json, "dq", key.getPrimeExponentQ());
        member(json, "qi", key.getCrtCoefficient());
        return json.endObject().toString();
    }

    /** The wallet's address: base64url of SHA-256 of the modulus. */
    public String address() {
        return address;
    }

    @Override
    public SignatureType type() {
        return SignatureType.ARWEAVE;
    }

    @Override
    public byte[] owner() {
        return owner.clone();
    }

    @Override
    public byte[] sign(byte[] deepHash) {
        return sign(deepHash, FastCrypto.PROVIDER);
    }

    /**
     * This key as a signer that signs the same twice alike, so that an item made of the same parts
     * has the same id.
     */
    public Signer repeatable() {
        return new Signer() {
            @Override
            public SignatureType type() {
                return SignatureType.ARWEAVE;
            }

            @Override
            public byte[] owner() {
                return ArweaveKey.this.owner();
            }

            @Override
            public byte[] sign(byte[] deepHash) {
                return RsaPss.signRepeatably(key, deepHash);
            }
        };
    }

    /** As {@link #sign(byte[])} with this provider, or with the JDK's own. */
    byte[] sign(byte[] deepHash, @Nullable Provider provider) {
        return RsaPss.sign(provider == null ? key : keyOf(provider), deepHash, provider);
    }

    /** There is one fast provider, so its key is kept whichever was asked for first. */
    private PrivateKey keyOf(Provider fast) {
        PrivateKey known = fastKey;
        if (known == null) {
            try {
                known = (PrivateKey) KeyFactory.getInstance("RSA", fast).translateKey(key);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(
                        "The provider " + fast.getName() + " does not take this RSA key", e);
            }
            fastKey = known;
        }
        return known;
    }

    /** The address only; never the secret. */
    @Override
    public String toString() {
        return "ArweaveKey[address=" + address + "]";
    }

    private static BigInteger number(JsonNode jwk, String name) {
        String text = jwk.path(name).stringValue("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    "The key file lacks the member \"" + name + "\"; give a private JWK");
        }
        try {
            return new BigInteger(1, Base64Url.decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The member \"" + name + "\" of the key file is not base64url", e);
        }
    }

    private static void member(JsonText json, String name, BigInteger value) {
        int bytes = (value.bitLength() + 7) / 8;
        json.name(name).string(Base64Url.encode(RsaPss.toBytes(value, bytes)));
    }
}
