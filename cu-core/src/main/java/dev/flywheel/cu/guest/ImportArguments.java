package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.HostCall;
import dev.flywheel.wasmtime.ValueType;

/** The arguments of one call of an import, read by the types that the module gave it. */
record ImportArguments(HostCall call, FunctionType type) implements CallArguments {

    @Override
    public int count() {
        return type.parameters().size();
    }

    @Override
    public long integer(int i) {
        return type.parameters().get(i) == ValueType.I64 ? call.i64(i) : call.i32(i);
    }

    @Override
    public double number(int i) {
        return call.f64(i);
    }
}
