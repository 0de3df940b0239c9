package dev.flywheel.wasmtime;

/**
 * Parameters and result of a running host function. Parameters are numbered from 0; their types are
 * checked only by assertions, and a wrong number is refused. A function with a result must return
 * one; parameters cannot be read after that, since the result takes the first one's place.
 */
public interface HostCall {

    int i32(int i);

    long i64(int i);

    float f32(int i);

    double f64(int i);

    void returnI32(int value);

    void returnI64(long value);

    void returnF32(float value);

    void returnF64(double value);

    /** The store's data, as {@link StoreOptions#data} gave it. */
    Object data();
}
