package dev.flywheel.node.gateway.graphql;

import dev.flywheel.node.gateway.BlockView;
import dev.flywheel.node.gateway.GatewayItem;
import dev.flywheel.node.gateway.TransactionQuery;
import dev.flywheel.protocol.Id;
import org.jspecify.annotations.Nullable;

/** What GraphQL reads of a gateway. All may block. */
public interface GatewayReads {

    /** The entry with this id, or null. */
    @Nullable GatewayItem find(Id id);

    /** One page of entries. */
    TransactionQuery.Page query(TransactionQuery query);

    /** Height of the first block. */
    long firstHeight();

    /** Height of the newest block. */
    long height();

    /** A block between the two. */
    BlockView block(long height);
}
