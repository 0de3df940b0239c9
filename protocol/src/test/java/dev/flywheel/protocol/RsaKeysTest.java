package dev.flywheel.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RsaKeysTest {
    @Test
    void shouldGiveTheSameVerdictWithAndWithoutTheAcceleratedLibrary() throws Exception {
        int verified = 0;
        for (JsonNode line : Golden.lines("items/broken.jsonl.gz")) {
            if (!line.has("raw")) {
                continue;
            }
            DataItem item;
            try {
                item = DataItem.parse(Golden.raw(line));
            } catch (MalformedItemException e) {
                continue; // covered by GoldenBrokenItemsTest
            }
            if (item.signatureType() == SignatureType.ARWEAVE) {
                byte[] hash = DeepHash.ofItem(item);
                boolean jdk = new RsaPublicKey(item.owner(), null).verify(hash, item.signature());
                boolean library = new RsaPublicKey(item.owner()).verify(hash, item.signature());
                assertThat(library).as(line.get("name").stringValue()).isEqualTo(jdk);
                verified++;
            }
        }
        assertThat(verified).isGreaterThan(50);
    }

    @Test
    void shouldUseTheAcceleratedLibraryWhereItIsOnTheClassPath() {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        boolean expected = Set.of("Linux amd64", "Linux aarch64").contains(platform);
        assertThat(FastCrypto.PROVIDER != null).as(platform).isEqualTo(expected);
        assertThat(ItemVerifier.prepare()).startsWith(expected ? "AmazonCorretto" : "JDK");
        assertThat(new RsaPublicKey(Golden.arweaveKey("rsa4096-a").owner()).isFast())
                .isEqualTo(expected);
    }

    @Test
    void shouldSignWithTheJdkAlone() throws Exception {
        ArweaveKey key = Golden.arweaveKey("rsa4096-a");
        byte[] hash = new byte[DeepHash.BYTES];
        new Random(1).nextBytes(hash);
        byte[] signature = key.sign(hash, null);
        assertThat(new RsaPublicKey(key.owner(), null).verify(hash, signature)).isTrue();
        hash[0]++;
        assertThat(new RsaPublicKey(key.owner(), null).verify(hash, signature)).isFalse();
    }

    @Test
    void shouldVerifyTransactionsAndRefuseKeysAndSignaturesOfAnotherLength() {
        ArweaveKey key = Golden.arweaveKey("rsa4096-a");
        byte[] hash = new byte[DeepHash.BYTES];
        byte[] signature = key.sign(hash);
        ItemVerifier verifier = new ItemVerifier();
        assertThat(verifier.verifyArweave(key.owner(), hash, signature)).isTrue();
        for (int length : new int[] {0, 1, 511, 513, 1 << 20}) {
            byte[] owner = Arrays.copyOf(key.owner(), length);
            byte[] other = Arrays.copyOf(signature, length);
            assertThat(verifier.verifyArweave(owner, hash, signature))
                    .as("owner %d", length)
                    .isFalse();
            assertThat(verifier.verifyArweave(key.owner(), hash, other))
                    .as("signature %d", length)
                    .isFalse();
            assertThat(new RsaPublicKey(key.owner(), null).verify(hash, other))
                    .as("signature %d", length)
                    .isFalse();
        }
    }

    @Test
    void shouldReadAndWriteKeyFiles() {
        JsonNode jwk = Golden.json("items/keys.json").get("keys").get("rsa4096-b").get("jwk");
        ArweaveKey key = ArweaveKey.fromJwk(jwk.toString());
        assertThat(key.address()).isEqualTo("DCoqQShYlvLUzl1Mk9yRmZsz4dtUHPPNAF-a6XLv55A");
        assertThat(Json.MAPPER.readTree(key.toJwk())).isEqualTo(jwk);
        assertThat(key.toString())
                .isEqualTo("ArweaveKey[address=DCoqQShYlvLUzl1Mk9yRmZsz4dtUHPPNAF-a6XLv55A]");
    }

    @Test
    void shouldMakeKeysThatWork() throws Exception {
        ArweaveKey key = ArweaveKey.generate(4096, new SecureRandom());
        DataItem item = new ItemBuilder().data("x").sign(ArweaveKey.fromJwk(key.toJwk()));
        assertThat(item.ownerAddress()).isEqualTo(key.address());
        assertThat(new ItemVerifier().verify(DataItem.parse(item.bytes()))).isTrue();
    }

    @Test
    void shouldSayWhatIsWrongWithAKeyFile() {
        JsonNode jwk = Golden.json("items/keys.json").get("keys").get("rsa4096-b").get("jwk");
        String good = jwk.toString();
        assertRefused("{", "not JSON");
        assertRefused("{}", "kty must be RSA");
        assertRefused("{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "lacks the member \"d\"");
        assertRefused(
                good.replace("\"p\":\"", "\"p\":\"!"), "\"p\" of the key file is not base64url");
        assertRefused(good.replace("\"e\":\"AQAB\"", "\"e\":\"Aw\""), "exponent 3");
        assertRefused(
                good.replace("\"p\":", "\"x\":")
                        .replace("\"q\":", "\"p\":")
                        .replace("\"x\":", "\"q\":")
                        .replace("\"d\":\"", "\"d\":\"A")
                        .replaceAll("\"p\":\"[^\"]{10}", "\"p\":\"AAAAAAAAAA"),
                "p times q is not n");
        assertThatThrownBy(() -> ArweaveKey.generate(2048, new SecureRandom()))
                .hasMessageContaining("4096");
    }

    @Test
    void shouldForgetOldKeysBeforeItHoldsTooMany() {
        PublicKeyCache cache = new PublicKeyCache(10);
        byte[] owner = Golden.arweaveKey("rsa4096-a").owner();
        RsaPublicKey first = cache.get(owner);
        assertThat(cache.get(owner.clone())).isSameAs(first);
        for (int i = 0; i < 100; i++) {
            byte[] other = owner.clone();
            other[5] = (byte) i;
            cache.get(other);
            if (i % 5 == 0) {
                assertThat(cache.get(owner)).as("a key in use stays").isSameAs(first);
            }
            assertThat(cache.size()).isLessThanOrEqualTo(20);
        }
    }

    private static void assertRefused(String json, String message) {
        assertThatThrownBy(() -> ArweaveKey.fromJwk(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldSignTheSameAlikeWhereThatIsAskedFor() {
        Signer key = Golden.arweaveKey("rsa4096-a").repeatable();
        DataItem item = new ItemBuilder().tag("a", "b").data("x").sign(key);
        assertThat(new ItemVerifier().verify(item)).isTrue();
        assertThat(new ItemBuilder().tag("a", "b").data("x").sign(key).id()).isEqualTo(item.id());
        assertThat(new ItemBuilder().tag("a", "b").data("y").sign(key).id())
                .isNotEqualTo(item.id());
    }
}
