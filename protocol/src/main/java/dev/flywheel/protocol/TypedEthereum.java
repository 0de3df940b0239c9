package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The EIP-712 message that type 7 signs, and the check of its owner, which is the text of an
 * address.
 */
final class TypedEthereum {
    private static final byte[] DOMAIN_SEPARATOR =
            EthereumAddress.keccak256(
                    hash("EIP712Domain(string name,string version)"), hash("Bundlr"), hash("1"));
    private static final byte[] STRUCT_TYPE =
            hash("Bundlr(bytes Transaction hash,address address)");
    private static final byte[] PREFIX = {0x19, 0x01};
    private static final byte[] ADDRESS_PADDING = new byte[12];

    private TypedEthereum() {}

    static boolean verify(byte[] deepHash, byte[] signature, byte[] owner) {
        String text = new String(owner, UTF_8);
        if (!isAddress(text)) {
            return false;
        }
        byte[] address = HexFormat.of().parseHex(text, 2, 42);
        byte[] key = Secp256k1.recover(messageHash(deepHash, address), signature);
        if (key == null) {
            return false;
        }
        byte[] hash = EthereumAddress.keccak256(Arrays.copyOfRange(key, 1, key.length));
        return Arrays.equals(hash, 12, 32, address, 0, 20);
    }

    static byte[] messageHash(byte[] deepHash, byte[] address) {
        byte[] struct =
                EthereumAddress.keccak256(
                        STRUCT_TYPE, EthereumAddress.keccak256(deepHash), ADDRESS_PADDING, address);
        return EthereumAddress.keccak256(PREFIX, DOMAIN_SEPARATOR, struct);
    }

    /**
     * Whether this is 0x and 40 digits, all lower case, all upper case, or with the checksum of
     * EIP-55.
     */
    private static boolean isAddress(String text) {
        if (text.length() != 42 || !text.startsWith("0x")) {
            return false;
        }
        String digits = text.substring(2);
        for (int i = 0; i < digits.length(); i++) {
            if (!HexFormat.isHexDigit(digits.charAt(i))) {
                return false;
            }
        }
        return digits.equals(digits.toLowerCase(Locale.ROOT))
                || digits.equals(digits.toUpperCase(Locale.ROOT))
                || text.equals(EthereumAddress.checksummed(digits));
    }

    private static byte[] hash(String text) {
        return EthereumAddress.keccak256(text.getBytes(UTF_8));
    }
}
