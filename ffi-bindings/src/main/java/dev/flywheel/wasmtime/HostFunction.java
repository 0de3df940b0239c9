package dev.flywheel.wasmtime;

/**
 * A function of the host that guests import. Called on the thread that runs the guest; shared by
 * all stores.
 */
@FunctionalInterface
public interface HostFunction {

    /**
     * Reads parameters from and writes the result to {@code call}, which is valid until this
     * returns.
     *
     * @throws Exception whatever it likes, errors included: the guest is stopped by a trap of code
     *     {@link TrapCode#HOST}, whose {@link Trap#hostFailure} is what was thrown. No guest code
     *     can catch it.
     */
    void call(HostCall call) throws Exception;
}
