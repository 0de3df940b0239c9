package dev.flywheel.cu.guest.time;

import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.GuestExports;
import dev.flywheel.cu.guest.host.GuestMemory;
import java.util.Map;

/** The clock and calendar imports of one instance. */
public final class TimeCalls {
    private final GuestMemory memory;
    private final GuestClock clock;
    private final boolean early;
    private final GuestExports exports;

    /**
     * @param early whether the guest's C library is that of the families v1 and v2
     * @param exports for {@code malloc} (early families) and {@code _emscripten_tempret_set}
     */
    public TimeCalls(GuestMemory memory, GuestClock clock, boolean early, GuestExports exports) {
        this.memory = memory;
        this.clock = clock;
        this.early = early;
        this.exports = exports;
    }

    /** Import name to what it does. */
    public Map<String, CallBody> calls() {
        return Map.of("_emscripten_get_now_is_monotonic", arguments -> 1);
    }

    @Override
    public String toString() {
        return "TimeCalls[" + memory + clock + early + exports + "]";
    }
}
