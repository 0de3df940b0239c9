package dev.flywheel.cu.checkpoint;

import org.jspecify.annotations.Nullable;

/** Bounds of texts in a manifest. */
final class Texts {
    private Texts() {}

    static void check(@Nullable String text) {
        if (text != null && text.length() > CheckpointLimits.TEXT_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "text too long for a manifest: chars=%d max=%d"
                            .formatted(text.length(), CheckpointLimits.TEXT_CHARS_MAX));
        }
    }
}
