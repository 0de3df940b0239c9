package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.wasmtime.Global;
import dev.flywheel.wasmtime.Instance;
import org.jspecify.annotations.Nullable;

/**
 * Gas of one instance: counted down in a global that metering put into the module, or counted here
 * by modules that call {@code metering.usegas} themselves, or not at all.
 */
final class GasGauge implements CallBody {
    private final @Nullable Global remaining;
    private long limit;
    private long charged;

    private GasGauge(@Nullable Global remaining) {
        this.remaining = remaining;
    }

    static GasGauge of(Instance instance, GuestModule module) {
        String name = module.gasGlobal();
        return new GasGauge(name.isEmpty() ? null : instance.global(name));
    }

    void refill(long gasLimit) {
        limit = gasLimit;
        charged = 0;
        if (remaining != null) {
            remaining.setI64(gasLimit);
        }
    }

    /** Negative when the guest charged negative amounts. */
    long used() {
        return remaining == null ? charged : limit - remaining.i64();
    }

    boolean exhausted() {
        return used() > limit;
    }

    /** {@code metering.usegas}: adds, then compares, so that a charge up to the limit passes. */
    @Override
    public long call(CallArguments arguments) {
        charged += arguments.integer(0);
        if (charged > limit) {
            throw new GuestThrownException("Error", "out of gas!");
        }
        return 0;
    }
}
