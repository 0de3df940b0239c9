package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.raw.FuncH;
import dev.flywheel.wasmtime.raw.WasmTypesH;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A function of an instance, or of the host. */
public final class Function extends Extern {

    /** More than any slots have: calls are refused, since references have no place in slots. */
    private static final int NOT_CALLABLE = Integer.MAX_VALUE;

    private final FunctionType type;
    private final int slotsNeeded;

    Function(Store store, MemorySegment raw) {
        super(store, raw);
        MemorySegment functype = FuncH.wasmtime_func_type(store.context, raw);
        try {
            this.type = NativeTypes.function(functype);
        } finally {
            WasmTypesH.wasm_functype_delete(functype);
        }
        this.slotsNeeded = type.onlyNumbers() ? type.slots() : NOT_CALLABLE;
    }

    public FunctionType type() {
        return type;
    }

    /**
     * Calls it with parameters from {@code slots}, and leaves the results there. About 30 ns and no
     * allocation when it returns. With epochs or fuel on, set a deadline or fuel first. On the
     * thread that has the store, also from a host function; the thread's stack must be {@link
     * GuestStack#bytes} at least.
     *
     * @return null when it returned, else why not
     * @throws IllegalStateException after the store was closed, while another thread uses it, or on
     *     too small a stack
     */
    public @Nullable Trap call(Slots slots) {
        if (slots.count < slotsNeeded) {
            throw refused(slots);
        }
        Store owner = store;
        owner.enterGuest();
        try {
            long error =
                    FuncH.wasmtime_func_call_unchecked(
                            owner.context, raw, slots.raw, slots.count, owner.trapOut);
            if (error != 0) {
                return Outcome.failed(owner, MemorySegment.ofAddress(error));
            }
            long trap = owner.trapOut.get(JAVA_LONG, 0);
            if (trap != 0) {
                owner.trapOut.set(JAVA_LONG, 0, 0);
                return Outcome.trapped(owner, MemorySegment.ofAddress(trap));
            }
            return null;
        } finally {
            owner.exit();
        }
    }

    private IllegalArgumentException refused(Slots slots) {
        return new IllegalArgumentException(
                slotsNeeded == NOT_CALLABLE
                        ? "function takes or gives what slots cannot hold: type=" + type
                        : "too few slots for a call: slots="
                                + slots.count
                                + " needed="
                                + slotsNeeded
                                + " type="
                                + type);
    }

    @Override
    byte kind() {
        return FUNC;
    }
}
