package dev.flywheel.cu.guest.host;

/** The guest's own functions, for the few imports that call back: during a call only. */
@FunctionalInterface
public interface GuestExports {

    /**
     * Calls an exported function by its name in the later formats ({@code malloc}, {@code
     * _emscripten_tempret_set}).
     *
     * @param arguments i32 or i64, as the function has them
     * @return its result, an i32 with its sign extended; 0 when it has none
     * @throws GuestThrownException when the guest fails in it
     */
    long call(String export, long... arguments);
}
