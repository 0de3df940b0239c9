package dev.flywheel.wasmtime;

/** Type of a WebAssembly value. */
public enum ValueType {
    I32(0),
    I64(1),
    F32(2),
    F64(3),
    V128(-1),
    FUNCREF(129),
    EXTERNREF(128),

    /**
     * A reference of a kind that this binding does not pass, such as exnref or a typed function
     * reference.
     */
    OTHER_REFERENCE(-1);

    private final int wasmKind;

    ValueType(int wasmKind) {
        this.wasmKind = wasmKind;
    }

    /**
     * Whether values of this type fit one slot's i32, i64, f32 or f64: what host functions and
     * calls may use.
     */
    public boolean isNumber() {
        return wasmKind >= I32.wasmKind && wasmKind <= F64.wasmKind;
    }

    /** {@code wasm_valkind_t}, or -1 where C's enumeration has none. */
    int wasmKind() {
        return wasmKind;
    }
}
