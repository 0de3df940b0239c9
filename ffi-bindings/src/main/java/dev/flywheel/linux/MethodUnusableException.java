package dev.flywheel.linux;

import java.io.Serial;

/**
 * A way of finding written pages does not work on this machine; the message says why, as half a
 * sentence.
 */
final class MethodUnusableException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    MethodUnusableException(String message) {
        super(message);
    }
}
