package dev.flywheel.platform.http;

import java.net.InetSocketAddress;

/** The address of an edge is taken by another program. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String unit;

    PortInUseException(String unit, InetSocketAddress address, Throwable cause) {
        super(
                "%s cannot listen on %s:%d: the address is in use or not available (%s). Stop the program that holds it, or give the %s another port."
                        .formatted(
                                unit,
                                address.getHostString(),
                                address.getPort(),
                                cause.getMessage(),
                                unit),
                cause);
        this.unit = unit;
    }

    /** The name of the edge that wanted the address. */
    public String unit() {
        return unit;
    }
}
