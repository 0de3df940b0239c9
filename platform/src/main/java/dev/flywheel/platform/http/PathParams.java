package dev.flywheel.platform.http;

import java.util.Arrays;
import java.util.List;

/** What the names in braces of a route's template stand for in one request. */
public final class PathParams {
    static final PathParams NONE = new PathParams(List.of(), new String[0]);

    private final List<String> names;
    private final String[] values;

    PathParams(List<String> names, String[] values) {
        this.names = names;
        this.values = values;
    }

    /**
     * The decoded path segment for {@code name}.
     *
     * @throws IllegalArgumentException when the route's template has no such name
     */
    public String get(String name) {
        int i = names.indexOf(name);
        if (i < 0) {
            throw new IllegalArgumentException(
                    "route has no parameter name=" + name + " names=" + names);
        }
        return values[i];
    }

    @Override
    public String toString() {
        return names + "=" + Arrays.toString(values);
    }
}
