package dev.flywheel.node.config;

/** A setting is wrong; the text names it, where it came from, and what it may be. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }
}
