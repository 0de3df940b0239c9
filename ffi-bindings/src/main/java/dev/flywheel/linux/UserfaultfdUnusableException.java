package dev.flywheel.linux;

import java.io.Serial;

/**
 * Write-protection by userfaultfd does not work on this machine; the message says why, as half a
 * sentence.
 */
final class UserfaultfdUnusableException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    UserfaultfdUnusableException(String message) {
        super(message);
    }
}
