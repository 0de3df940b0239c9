package dev.flywheel.platform.http;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decoded query parameters of a request, in the order of the wire for each name. */
public final class Query {
    private final Map<String, Deque<String>> values;

    Query(Map<String, Deque<String>> values) {
        this.values = values;
    }

    /**
     * The first value of {@code name}, or null when the parameter is absent. A flag without a value
     * gives "".
     */
    public @Nullable String first(String name) {
        Deque<String> all = values.get(name);
        return all == null ? null : all.peekFirst();
    }

    /** Whether the parameter is present, with or without a value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** All values of {@code name}, empty when absent. */
    public List<String> all(String name) {
        Deque<String> all = values.get(name);
        return all == null ? List.of() : new ArrayList<>(all);
    }
}
