package dev.flywheel.wasmtime;

/** Why guest code stopped. The first ones have the order of {@code wasmtime_trap_code_enum}. */
public enum TrapCode {
    STACK_OVERFLOW,
    MEMORY_OUT_OF_BOUNDS,
    HEAP_MISALIGNED,
    TABLE_OUT_OF_BOUNDS,
    INDIRECT_CALL_TO_NULL,
    BAD_SIGNATURE,
    INTEGER_OVERFLOW,
    INTEGER_DIVISION_BY_ZERO,
    BAD_CONVERSION_TO_INTEGER,
    UNREACHABLE_CODE_REACHED,
    INTERRUPT,
    OUT_OF_FUEL,
    ATOMIC_WAIT_NON_SHARED_MEMORY,
    NULL_REFERENCE,
    ARRAY_OUT_OF_BOUNDS,
    ALLOCATION_TOO_LARGE,
    CAST_FAILURE,

    /** A WebAssembly exception that nobody caught. */
    UNCAUGHT_EXCEPTION,

    /** A host function threw: see {@link Trap#hostFailure}. */
    HOST,

    /** None of these: see the trap's message. */
    OTHER;

    private static final TrapCode[] CODES = values();

    /** How many of the C enumeration stand above; its others are about components. */
    private static final int OF_CORE_WASM = 17;

    static TrapCode of(int code) {
        if (code == 49) { // WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION
            return UNCAUGHT_EXCEPTION;
        }
        return code >= 0 && code < OF_CORE_WASM ? CODES[code] : OTHER;
    }
}
