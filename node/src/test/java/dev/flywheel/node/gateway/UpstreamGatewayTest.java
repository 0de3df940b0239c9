package dev.flywheel.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.EthereumKey;
import dev.flywheel.protocol.ItemBuilder;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another gateway of ours plays the real one. */
class UpstreamGatewayTest {
    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    @TempDir Path directory;

    private final HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits());
    private final DataItem item =
            new ItemBuilder()
                    .anchor("0123456789abcdef0123456789abcdef")
                    .tag("Type", "Module")
                    .tag("Name", "far away")
                    .data("from upstream")
                    .sign(EthereumKey.generate(new SecureRandom()));

    @AfterEach
    void stop() {
        calls.close();
    }

    private Gateway local(int upstreamPort) {
        URI upstream = URI.create("http://127.0.0.1:" + upstreamPort);
        return Gateway.start(
                new GatewayOptions(ANY, directory.resolve("local"), upstream),
                InstantSource.system());
    }

    private Answer get(Gateway gateway, String path) throws Exception {
        return calls.send(Call.get("http://127.0.0.1:" + gateway.port() + path));
    }

    private Answer find(Gateway gateway) throws Exception {
        byte[] query =
                ("{\"query\":\"{ transactions(ids: [\\\""
                                + item.id()
                                + "\\\"]) { edges { node { tags { value } } } } }\"}")
                        .getBytes(StandardCharsets.UTF_8);
        return calls.send(
                Call.post(
                        "http://127.0.0.1:" + gateway.port() + "/graphql",
                        "application/json",
                        query));
    }

    @Test
    void shouldFetchCheckAndKeepWhatItDoesNotKnow() throws Exception {
        int port;
        try (Gateway upstream =
                Gateway.start(
                        new GatewayOptions(ANY, directory.resolve("far"), null),
                        InstantSource.system())) {
            upstream.publish(item.bytes());
            port = upstream.port();
            try (Gateway local = local(port)) {
                assertThat(find(local).text()).contains("far away");
                assertThat(get(local, "/raw/" + item.id()).text()).isEqualTo("from upstream");
                assertThat(get(local, "/raw/" + "A".repeat(43)).status()).isEqualTo(404);
            }
        }
        try (Gateway local = local(port)) { // nobody answers there any more
            assertThat(get(local, "/" + item.id()).header("type")).isEqualTo("Module");
        }
    }

    @Test
    void shouldNotServeWhatDoesNotVerify() throws Exception {
        try (Gateway honest =
                Gateway.start(
                        new GatewayOptions(ANY, directory.resolve("far"), null),
                        InstantSource.system())) {
            honest.publish(item.bytes());
            Routes lies =
                    new Routes()
                            .get(
                                    "/raw/{id}",
                                    (request, params) ->
                                            CompletableFuture.completedFuture(
                                                    Response.text(200, "forged")))
                            .get(
                                    "/tx/{id}",
                                    (request, params) ->
                                            CompletableFuture.completedFuture(
                                                    Response.text(404, "Not Found")))
                            .post(
                                    "/graphql",
                                    (request, params) ->
                                            calls.sendAsync(
                                                            Call.post(
                                                                    "http://127.0.0.1:"
                                                                            + honest.port()
                                                                            + "/graphql",
                                                                    "application/json",
                                                                    request.body()))
                                                    .thenApply(
                                                            answer ->
                                                                    Response.json(
                                                                            answer.status(),
                                                                            answer.body())));
            try (HttpEdge liar = HttpEdge.start("liar", ANY, HttpLimits.forItems(), lies);
                    Gateway local = local(liar.port())) {
                assertThat(get(local, "/raw/" + item.id()).status()).isEqualTo(404);
                assertThat(find(local).text())
                        .isEqualTo("{\"data\":{\"transactions\":{\"edges\":[]}}}");
                assertThat(local.store().counts().items()).isZero();
            }
        }
    }
}
