package dev.flywheel.node.demo;

import org.jspecify.annotations.Nullable;

/** A step of the demo gave no or a wrong answer; the text says which, and what came instead. */
public final class DemoFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DemoFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
