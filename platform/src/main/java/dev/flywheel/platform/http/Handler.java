package dev.flywheel.platform.http;

import java.util.concurrent.CompletionStage;

/**
 * Answers one kind of request. Called on an I/O thread after the whole body arrived: work that
 * blocks belongs into {@link Routes#blocking}, or into a stage that another thread completes.
 */
@FunctionalInterface
public interface Handler {
    /**
     * @return the answer, now or later; a stage that fails is answered as {@link Routes#onError}
     *     says
     * @throws Exception as a stage that fails
     */
    CompletionStage<Response> handle(Request request, PathParams params) throws Exception;
}
