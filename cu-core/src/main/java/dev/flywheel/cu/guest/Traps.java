package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.host.HostLimitException;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.TrapCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the reference throws where a guest here ends by a trap. */
final class Traps {
    private static final Logger log = LoggerFactory.getLogger(Traps.class);

    private static final String RUNTIME_ERROR = "RuntimeError";

    private Traps() {}

    /** The exception to throw for a trap. */
    static RuntimeException thrown(Trap trap, boolean gasExhausted, Deadline deadline) {
        if (gasExhausted) {
            return GasGauge.outOfGas();
        }
        String stopped = deadline.reason();
        if (stopped != null && trap.code() == TrapCode.MEMORY_OUT_OF_BOUNDS) {
            return new HostLimitException(stopped);
        }
        return switch (trap.code()) {
            case HOST -> byHost(trap);
            case UNCAUGHT_EXCEPTION -> new GuestThrownException("value", "null");
            case STACK_OVERFLOW ->
                    new GuestThrownException("RangeError", "Maximum call stack size exceeded");
            case UNREACHABLE_CODE_REACHED -> runtimeError("unreachable");
            case MEMORY_OUT_OF_BOUNDS -> runtimeError("memory access out of bounds");
            case TABLE_OUT_OF_BOUNDS -> runtimeError("table index is out of bounds");
            case INDIRECT_CALL_TO_NULL, BAD_SIGNATURE ->
                    runtimeError("null function or function signature mismatch");
            case INTEGER_DIVISION_BY_ZERO -> runtimeError("divide by zero");
            case INTEGER_OVERFLOW -> runtimeError("divide result unrepresentable");
            case BAD_CONVERSION_TO_INTEGER ->
                    runtimeError("float unrepresentable in integer range");
            default -> runtimeError(trap.message());
        };
    }

    private static GuestThrownException runtimeError(String message) {
        return new GuestThrownException(RUNTIME_ERROR, message);
    }

    private static RuntimeException byHost(Trap trap) {
        Throwable failure = trap.hostFailure();
        if (failure instanceof GuestThrownException || failure instanceof HostLimitException) {
            return (RuntimeException) failure;
        }
        // A mistake of ours must not become a result that is stored for ever.
        log.error("host function failed: frames={}", trap.frames(), failure);
        return new HostLimitException("a host function failed: " + failure);
    }
}
