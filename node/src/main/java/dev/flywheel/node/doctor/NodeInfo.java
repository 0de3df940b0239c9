package dev.flywheel.node.doctor;

import dev.flywheel.protocol.Id;
import java.net.URI;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a HyperBEAM node tells of itself at {@code ~meta@1.0}. Depending on the version, and on
 * which form it gives, values stand in a JSON body or in headers.
 *
 * @param address of its wallet
 * @param version as it names it; null where it does not
 * @param unitPort where it looks for its compute unit; null where it does not say
 * @param aheadMs how far its clock, which is told to the second, is ahead of this machine's; null
 *     where it does not say
 */
record NodeInfo(
        String address,
        @Nullable String version,
        @Nullable Integer unitPort,
        @Nullable Long aheadMs) {

    /** Asks a node; null when what is there is none. */
    static @Nullable NodeInfo of(Asking asking, URI node, Asking.Outcome info)
            throws InterruptedException {
        String address = value(info, "address");
        if (address == null || !Id.isId(address)) {
            address = asking.plain(node + "/~meta@1.0/info/address").text();
        }
        if (!info.isSuccess() || !Id.isId(address)) {
            return null;
        }
        Asking.Outcome build = asking.get(node + "/~meta@1.0/build");
        String version = build.isSuccess() ? value(build, "version") : null;
        String port = value(info, "genesis_wasm_port");
        if (port == null) {
            port = value(info, "genesis-wasm-port");
        }
        return new NodeInfo(
                address,
                version,
                port == null || !port.matches("\\d{1,5}") ? null : Integer.valueOf(port),
                ahead(info));
    }

    private static @Nullable String value(Asking.Outcome outcome, String name) {
        JsonNode member = outcome.json().path(name);
        return member.isString() || member.isNumber() ? member.asString("") : outcome.header(name);
    }

    private static @Nullable Long ahead(Asking.Outcome info) {
        String date = info.header("date");
        try {
            return date == null
                    ? null
                    : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()
                                    .toEpochMilli()
                            - info.atMs();
        } catch (DateTimeException e) {
            return null; // then there is nothing to compare
        }
    }
}
