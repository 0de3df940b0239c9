package dev.flywheel.messenger;

import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A gateway that records uploads and answers GraphQL as the test says. */
final class TestGateway implements AutoCloseable {
    private final HttpEdge edge;

    /** Bodies of uploads. */
    final List<byte[]> uploads = new CopyOnWriteArrayList<>();

    /** The answer to a GraphQL body. */
    volatile Function<String, String> graphql =
            body -> "{\"data\":{\"transactions\":{\"edges\":[]}}}";

    TestGateway(Waiting waiting) {
        Routes routes =
                new Routes()
                        .post(
                                "/tx/arweave",
                                (request, params) -> {
                                    uploads.add(request.body());
                                    waiting.tell();
                                    return CompletableFuture.completedFuture(
                                            Response.json(200, "{\"id\":\"x\",\"timestamp\":1}"));
                                })
                        .post(
                                "/graphql",
                                (request, params) ->
                                        CompletableFuture.completedFuture(
                                                Response.json(200, graphql.apply(text(request)))));
        this.edge =
                HttpEdge.start(
                        "test-gateway",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        routes);
    }

    private static String text(Request request) {
        return new String(request.body(), java.nio.charset.StandardCharsets.UTF_8);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + edge.port());
    }

    @Override
    public void close() {
        edge.close();
    }
}
