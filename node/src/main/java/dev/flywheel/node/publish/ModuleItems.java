package dev.flywheel.node.publish;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.Signer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Module items: a wasm program with the tags that compute units and clients need. */
public final class ModuleItems {
    /**
     * What a module may use when its process says nothing else; the value that aos modules are
     * published with.
     */
    private static final String MEMORY_LIMIT = "1-gb";

    /**
     * The value that aos modules are published with: no bound for a program that does not loop for
     * ever.
     */
    private static final String COMPUTE_LIMIT = "9000000000000";

    /** SHA-256 of the program, so that it is found again without reading data. */
    static final String HASH_TAG = "SHA-256";

    private ModuleItems() {}

    /** The signed item for a program. */
    public static DataItem sign(String name, String format, byte[] wasm, Signer signer) {
        return new ItemBuilder()
                .tag("Data-Protocol", "ao")
                .tag("Variant", "ao.TN.1")
                .tag("Type", "Module")
                .tag("Module-Format", format)
                .tag("Input-Encoding", "JSON-1")
                .tag("Output-Encoding", "JSON-1")
                .tag("Memory-Limit", MEMORY_LIMIT)
                .tag("Compute-Limit", COMPUTE_LIMIT)
                .tag("Name", name)
                .tag("Content-Type", "application/wasm")
                .tag(HASH_TAG, sha256(wasm))
                .data(wasm)
                .sign(signer);
    }

    /** Lower-case hex. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
