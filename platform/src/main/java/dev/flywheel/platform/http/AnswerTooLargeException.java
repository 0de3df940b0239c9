package dev.flywheel.platform.http;

import java.io.IOException;

/** An answer has more bytes than whoever asked wants of it. */
public final class AnswerTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    AnswerTooLargeException(String message) {
        super(message);
    }
}
