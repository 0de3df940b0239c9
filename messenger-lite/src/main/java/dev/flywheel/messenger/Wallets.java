package dev.flywheel.messenger;

import dev.flywheel.platform.http.Answer;

/**
 * Where messages to wallets go: no process answers them, so they are only put where their readers
 * look (spec 6.4). Thread-safe; blocks.
 */
final class Wallets {
    private final Peer gateway;
    private final String url;

    Wallets(Peer gateway, String gatewayUrl) {
        this.gateway = gateway;
        this.url = gatewayUrl + "/tx/arweave";
    }

    /**
     * Puts an item on the gateway; the same item twice is one.
     *
     * @throws UnitFailure when the gateway refuses, or does not answer
     */
    void put(byte[] item) throws UnitFailure, InterruptedException {
        Answer answer = gateway.post(url, item);
        if (!answer.isSuccess()) {
            throw UnitFailure.answered(gateway.name(), answer);
        }
    }
}
