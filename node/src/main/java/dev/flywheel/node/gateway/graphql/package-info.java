/** GraphQL over the gateway's items and blocks, as the gateways of Arweave answer it. */
@NullMarked
package dev.flywheel.node.gateway.graphql;

import org.jspecify.annotations.NullMarked;
