package dev.flywheel.platform.http;

/** A handler that may block: each call has a virtual thread of its own. */
@FunctionalInterface
public interface BlockingHandler {
    Response handle(Request request, PathParams params) throws Exception;
}
