package dev.flywheel.node.gateway;

import dev.flywheel.platform.http.BlockingHandler;
import dev.flywheel.platform.http.Handler;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Id;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The local chain as Arweave nodes show theirs: info, blocks, confirmations, prices (nothing costs
 * anything here).
 */
final class ChainViews {
    private final ItemStore store;
    private final LocalChain chain;

    ChainViews(ItemStore store) {
        this.store = store;
        this.chain = store.chain();
    }

    void addTo(Routes routes, Function<BlockingHandler, Handler> slow) {
        routes.get("/info", slow.apply((request, params) -> GatewayJson.answer(200, info())));
        routes.get(
                "/height",
                slow.apply((request, params) -> Response.text(200, Long.toString(chain.height()))));
        routes.get("/peers", slow.apply((request, params) -> GatewayJson.answer(200, List.of())));
        routes.get(
                "/tx_anchor",
                slow.apply((request, params) -> Response.text(200, chain.current().id())));
        routes.get("/price/{bytes}", slow.apply((request, params) -> Response.text(200, "0")));
        routes.get(
                "/price/{bytes}/{target}",
                slow.apply((request, params) -> Response.text(200, "0")));
        routes.get(
                "/wallet/{address}/balance",
                slow.apply((request, params) -> Response.text(200, "0")));
        routes.get(
                "/wallet/{address}/last_tx",
                slow.apply((request, params) -> Response.text(200, "")));
        routes.get("/block/current", slow.apply((request, params) -> block(chain.height())));
        routes.get("/current_block", slow.apply((request, params) -> block(chain.height())));
        routes.get(
                "/block/height/{height}",
                slow.apply((request, params) -> block(params.get("height"))));
        routes.get("/mine", slow.apply((request, params) -> mine(1)));
        routes.get(
                "/mine/{count}", slow.apply((request, params) -> mine(count(params.get("count")))));
    }

    /** Confirmations of an entry, counted as Arweave does: 1 in the newest block. */
    Response status(GatewayItem item) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("block_height", item.height());
        status.put("block_indep_hash", chain.block(item.height()).id());
        status.put(
                "number_of_confirmations",
                Math.max(1, chain.height() - item.height() + 1)); // the clock may have gone back
        return GatewayJson.answer(200, status);
    }

    private Map<String, Object> info() {
        BlockView current = chain.current();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("network", "flywheel.local");
        info.put(
                "version",
                5); // Arweave's protocol version; the reference scheduler reads the whole object
        info.put("release", 83);
        info.put("height", current.height());
        info.put("current", current.id());
        info.put("blocks", current.height() + 1);
        info.put("peers", 0);
        info.put("queue_length", 0);
        info.put("node_state_latency", 0);
        return info;
    }

    private Response block(String height) {
        if (!height.matches("\\d{1,15}")) {
            return Response.text(400, "Invalid height");
        }
        return block(Long.parseLong(height));
    }

    private Response block(long height) {
        if (height < chain.firstHeight() || height > chain.height()) {
            return Response.text(404, "Block not found.");
        }
        BlockView block = chain.block(height);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("nonce", "");
        json.put("previous_block", block.previous());
        json.put("timestamp", block.timestampSeconds());
        json.put("last_retarget", block.timestampSeconds());
        json.put("diff", "0");
        json.put("height", block.height());
        json.put("hash", "");
        json.put("indep_hash", block.id());
        json.put("txs", store.idsAt(height).stream().map(Id::toString).toList());
        json.put("tx_root", "");
        json.put("wallet_list", "");
        json.put("reward_addr", "unclaimed");
        json.put("tags", List.of());
        json.put("reward_pool", "0");
        json.put("weave_size", "0");
        json.put("block_size", "0");
        return GatewayJson.answer(200, json);
    }

    private Response mine(int blocks) {
        for (int i = 0; i < blocks; i++) {
            store.mine();
        }
        return GatewayJson.answer(200, Map.of("height", chain.height()));
    }

    private static int count(String text) {
        return text.matches("\\d{1,6}")
                ? Math.clamp(Integer.parseInt(text), 1, GatewayLimits.MINE_BLOCKS_MAX)
                : 1;
    }
}
