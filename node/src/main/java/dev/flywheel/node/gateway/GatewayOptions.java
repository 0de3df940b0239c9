package dev.flywheel.node.gateway;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway needs to know.
 *
 * @param bind address to listen on; port 0 takes any free one
 * @param directory for its store; created where needed, used by nobody else
 * @param upstream a gateway to ask for unknown ids, or null for none
 */
public record GatewayOptions(InetSocketAddress bind, Path directory, @Nullable URI upstream) {}
