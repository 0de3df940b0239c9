package dev.flywheel.node.mainnet;

import dev.flywheel.protocol.ArweaveKey;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * What the front works with.
 *
 * @param bind where it listens; port 0 takes any free one
 * @param scheduler base URL without a slash at the end, as are the others
 * @param key the node's: its address is the scheduler's and the authority of pushed messages
 */
public record MainnetOptions(
        InetSocketAddress bind, URI scheduler, URI messenger, URI compute, ArweaveKey key) {}
