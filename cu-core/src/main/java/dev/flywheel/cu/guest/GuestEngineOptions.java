package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.linux.PageTracking;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the engine runs.
 *
 * @param artefactDirectory where compiled modules are kept over restarts; made when missing
 * @param artefactKey secret of this node, at least 32 bytes: authenticates what is read back from
 *     there, since it is native code
 * @param artefactBytesMax most bytes kept there
 * @param maxWasmStackBytes stack of a guest; threads need {@link GuestThreads}
 * @param compile what compiling a module may take, in a process of its own; null compiles in this
 *     JVM, without limits: for modules that are trusted
 * @param pageTracking how written pages are found: auto, userfaultfd, private-file or compare; null
 *     for what the environment says, see {@link PageTracking#probe()}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; options are never compared
public record GuestEngineOptions(
        Path artefactDirectory,
        byte[] artefactKey,
        long artefactBytesMax,
        long maxWasmStackBytes,
        @Nullable CompileSettings compile,
        @Nullable String pageTracking) {

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

    /**
     * Our limits, with artefacts kept in this directory under this key, and modules compiled in
     * this JVM.
     */
    public static GuestEngineOptions defaults(Path artefactDirectory, byte[] artefactKey) {
        return new GuestEngineOptions(
                artefactDirectory,
                artefactKey,
                GuestLimits.ARTEFACT_BYTES_MAX,
                GuestLimits.WASM_STACK_BYTES,
                null,
                null);
    }

    /** The same with modules compiled in a process of their own. */
    public GuestEngineOptions withCompileProcess(CompileSettings settings) {
        return new GuestEngineOptions(
                artefactDirectory,
                artefactKey,
                artefactBytesMax,
                maxWasmStackBytes,
                settings,
                pageTracking);
    }

    /** The same with another way to find written pages. */
    public GuestEngineOptions withPageTracking(@Nullable String method) {
        return new GuestEngineOptions(
                artefactDirectory,
                artefactKey,
                artefactBytesMax,
                maxWasmStackBytes,
                compile,
                method);
    }

    /** A copy of the key. */
    @Override
    public byte[] artefactKey() {
        return artefactKey.clone();
    }
}
