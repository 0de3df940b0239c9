package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.wasmtime.Global;
import dev.flywheel.wasmtime.Instance;
import org.jspecify.annotations.Nullable;

/** Gas of one instance: counted down in a global that the passes put into the module, or not. */
final class GasGauge {
    private final @Nullable Global remaining;
    private long limit;

    private GasGauge(@Nullable Global remaining) {
        this.remaining = remaining;
    }

    static GasGauge of(Instance instance, GuestModule module) {
        String name = module.gasGlobal();
        return new GasGauge(name.isEmpty() ? null : instance.global(name));
    }

    void refill(long gasLimit) {
        limit = gasLimit;
        if (remaining != null) {
            remaining.setI64(gasLimit);
        }
    }

    /** Negative when the guest charged negative amounts. */
    long used() {
        return remaining == null ? 0 : limit - remaining.i64();
    }

    boolean exhausted() {
        return used() > limit;
    }

    /**
     * To be asked whenever the guest turns to the host: its own code notices that gas has run out
     * at its next loop or function only.
     *
     * @throws GuestThrownException when it has
     */
    void requireSome() {
        if (exhausted()) {
            throw outOfGas();
        }
    }

    static GuestThrownException outOfGas() {
        return new GuestThrownException("Error", "out of gas!");
    }
}
