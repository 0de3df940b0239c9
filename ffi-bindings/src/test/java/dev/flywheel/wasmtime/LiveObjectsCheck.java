package dev.flywheel.wasmtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Asserts before and after each test that no native object lives: a leak is found in the test that
 * made it.
 */
public final class LiveObjectsCheck implements BeforeEachCallback, AfterEachCallback {

    @Override
    public void beforeEach(ExtensionContext context) {
        assertNone("before");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertNone("after");
    }

    private static void assertNone(String when) {
        Map<String, Long> counts = LiveObjects.counts();
        assertThat(counts.values())
                .as("objects alive %s the test: %s", when, counts)
                .containsOnly(0L);
    }
}
