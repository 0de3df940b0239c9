package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an answer is written. */
enum Codec {
    /** A JSON document. */
    JSON,
    /** Keys as headers, besides the same document; the default, as elsewhere. */
    HTTPSIG;

    /**
     * The codec that a request asks for: as a tag of its item, else as a header, else by what it
     * accepts.
     *
     * @throws StatusException 406 when there is no such codec here
     */
    static Codec of(Request request, Tags tags) {
        for (String key : new String[] {"require-codec", "accept-codec"}) {
            String wanted = tag(tags, key);
            if (wanted == null) {
                wanted = request.header(key);
            }
            if (wanted != null) {
                return named(wanted);
            }
        }
        String accepted = request.header("accept");
        return accepted == null || accepted.contains("*/*") ? ofAny(accepted) : named(accepted);
    }

    /** Browsers list what they prefer before they take anything. */
    private static Codec ofAny(@Nullable String accepted) {
        return accepted != null && accepted.startsWith("application/json") ? JSON : HTTPSIG;
    }

    private static Codec named(String wanted) {
        for (String one : wanted.toLowerCase(Locale.ROOT).split(",", -1)) {
            switch (one.split(";", 2)[0].strip()) {
                case "application/json", "json@1.0" -> {
                    return JSON;
                }
                case "httpsig@1.0", "text/plain", "text/*" -> {
                    return HTTPSIG;
                }
                default -> {}
            }
        }
        throw new StatusException(
                406,
                "there is no codec %s here; there are application/json (json@1.0) and httpsig@1.0"
                        .formatted(MainnetLimits.cut(wanted)));
    }

    private static @Nullable String tag(Tags tags, String name) {
        for (Tag tag : tags) {
            if (tag.name().equalsIgnoreCase(name)) {
                return tag.value();
            }
        }
        return null;
    }
}
