package dev.flywheel.cu.guest.host;

/**
 * A limit of this host stands in the guest's way: its evaluation ends and says nothing about the
 * process. The message says which limit.
 */
public final class HostLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HostLimitException(String message) {
        super(message, null, false, false);
    }
}
