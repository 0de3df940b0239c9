package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.raw.LibraryUnusableException;
import dev.flywheel.wasmtime.raw.NativeLibrary;
import java.nio.file.Path;

/** The Wasmtime library of this process. */
public final class WasmtimeLibrary {

    private final NativeLibrary library;

    private WasmtimeLibrary(NativeLibrary library) {
        this.library = library;
    }

    /**
     * Finds, checks and loads the library: the one that the environment variable FLYWHEEL_WASMTIME
     * names, whose version is read from the file first, or else the pinned one from the user's
     * cache, whose SHA-256 is checked. Once a process; any thread. Load it after the JVM's own
     * start only (which is the only way there is): Wasmtime's signal handlers then pass on what is
     * the JVM's.
     *
     * @throws WasmtimeException when there is none, or not one that this binding knows; its text
     *     says what to do
     */
    public static WasmtimeLibrary load() {
        try {
            return new WasmtimeLibrary(NativeLibrary.load());
        } catch (LibraryUnusableException e) {
            throw new WasmtimeException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The release that the library says it is, e.g. 50.0.0. */
    public String version() {
        return library.version();
    }

    /** The file. */
    public Path path() {
        return library.path();
    }
}
