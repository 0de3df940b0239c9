package dev.flywheel.cu.guest;

import java.nio.file.Path;

/**
 * How the engine runs.
 *
 * @param artefactDirectory where compiled modules are kept over restarts; made when missing
 * @param artefactKey secret of this node, at least 32 bytes: authenticates what is read back from
 *     there, since it is native code
 * @param artefactBytesMax most bytes kept there
 * @param maxWasmStackBytes stack of a guest; threads need {@link GuestThreads}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; options are never compared
public record GuestEngineOptions(
        Path artefactDirectory, byte[] artefactKey, long artefactBytesMax, long maxWasmStackBytes) {

    /** Shorter keys could be guessed. */
    private static final int KEY_BYTES_MIN = 32;

    public GuestEngineOptions {
        if (artefactKey.length < KEY_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "artefactKey has "
                            + artefactKey.length
                            + " bytes, it needs at least "
                            + KEY_BYTES_MIN);
        }
        artefactKey = artefactKey.clone();
    }

    /** Our limits, with artefacts kept in this directory under this key. */
    public static GuestEngineOptions defaults(Path artefactDirectory, byte[] artefactKey) {
        return new GuestEngineOptions(
                artefactDirectory,
                artefactKey,
                GuestLimits.ARTEFACT_BYTES_MAX,
                GuestLimits.WASM_STACK_BYTES);
    }

    /** A copy of the key. */
    @Override
    public byte[] artefactKey() {
        return artefactKey.clone();
    }
}
