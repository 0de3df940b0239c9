package dev.flywheel.cu.unit.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Where a peer may send a call to. A peer out in the world may not have this unit ask machines that
 * only the operator's own network reaches; a peer inside may, since that is where it is. Never to
 * link-local addresses, at which clouds serve their keys. Blocks for name look-ups.
 */
final class Redirects {
    private final Resolver resolver;

    /** Finds the addresses of a name. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    Redirects(Resolver resolver) {
        this.resolver = resolver;
    }

    /**
     * The target of a redirect.
     *
     * @throws IOException when the call may not go there
     */
    URI target(URI from, String location) throws IOException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException("redirect of " + from + " leads nowhere: " + location, e);
        }
        boolean isHttp = "http".equals(to.getScheme()) || "https".equals(to.getScheme());
        if (!isHttp || to.getHost() == null) {
            throw new IOException("redirect of " + from + " leads to no http address: " + location);
        }
        if (to.getHost().equals(from.getHost())) {
            return to;
        }
        boolean fromInside = isInside(from.getHost());
        for (InetAddress address : resolver.addresses(bare(to.getHost()))) {
            if (address.isLinkLocalAddress() || (isInside(address) && !fromInside)) {
                throw new IOException(
                        "redirect of %s leads to %s, an address of this machine or network (%s); it is not followed. If that is right, name the target itself in the configuration"
                                .formatted(from, to, address.getHostAddress()));
            }
        }
        return to;
    }

    private boolean isInside(String host) throws UnknownHostException {
        for (InetAddress address : resolver.addresses(bare(host))) {
            if (isInside(address)) {
                return true;
            }
        }
        return false;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static boolean isInside(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || isUniqueLocal(address)
                || isShared(address);
    }

    /** fc00::/7, which the JDK does not know as site-local. */
    private static boolean isUniqueLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    }

    /** 100.64.0.0/10, between carriers and their customers. */
    private static boolean isShared(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 && (bytes[0] & 0xFF) == 100 && (bytes[1] & 0xC0) == 64;
    }
}
