package dev.flywheel.node.gateway.graphql;

/** A query is outside the limits or asks for what cannot be; the text is for its sender. */
final class QueryRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    QueryRefusedException(String message) {
        super(message);
    }
}
