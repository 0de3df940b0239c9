package dev.flywheel.wasmtime;

import java.util.List;

/** Parameters and results of a function, in order. */
public record FunctionType(List<ValueType> parameters, List<ValueType> results)
        implements ExternType {

    public FunctionType {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
    }

    /** A function without results, e.g. {@code FunctionType.of(I32, I32)}. */
    public static FunctionType of(ValueType... parameters) {
        return new FunctionType(List.of(parameters), List.of());
    }

    /** The same parameters and one result, e.g. {@code FunctionType.of(I32).returning(I64)}. */
    public FunctionType returning(ValueType result) {
        return new FunctionType(parameters, List.of(result));
    }

    /** Slots that a call needs: parameters and results share them. */
    int slots() {
        return Math.max(parameters.size(), results.size());
    }

    /** Whether calls can pass what it takes and gives: i32, i64, f32 and f64. */
    public boolean onlyNumbers() {
        return parameters.stream().allMatch(ValueType::isNumber)
                && results.stream().allMatch(ValueType::isNumber);
    }

    /** As the text format writes it, e.g. {@code (i32, i64) -> (f64)}. */
    @Override
    public String toString() {
        return list(parameters) + " -> " + list(results);
    }

    private static String list(List<ValueType> types) {
        return types.toString()
                .toLowerCase(java.util.Locale.ROOT)
                .replace('[', '(')
                .replace(']', ')');
    }
}
