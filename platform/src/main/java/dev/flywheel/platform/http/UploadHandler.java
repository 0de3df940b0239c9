package dev.flywheel.platform.http;

import java.io.InputStream;

/**
 * A handler of a body that is too large to be held: it reads it as it comes. Each call has a
 * virtual thread of its own and may block.
 */
@FunctionalInterface
public interface UploadHandler {
    /**
     * @param request without its body
     * @param body ends with the body, or fails when the client hangs up, stops sending, or sends
     *     more than the route takes
     */
    Response handle(Request request, PathParams params, InputStream body) throws Exception;
}
