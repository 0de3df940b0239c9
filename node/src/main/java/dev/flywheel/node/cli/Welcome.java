package dev.flywheel.node.cli;

import dev.flywheel.node.Node;
import dev.flywheel.node.Node.Unit;
import dev.flywheel.node.demo.Network;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What a node prints when it is ready: addresses, and lines to paste into a client. */
final class Welcome {
    private Welcome() {}

    static String text(Node node) {
        Network network = node.network();
        StringBuilder text = new StringBuilder("\nFlywheel is ready.\n\n");
        line(text, node, Unit.GATEWAY, "gateway", network.gateway());
        line(text, node, Unit.SU, "scheduler", network.su());
        line(text, node, Unit.MU, "messenger", network.mu());
        line(text, node, Unit.CU, "compute", network.cu());
        URI mainnet = node.mainnetUrl();
        if (mainnet != null) {
            text.append("  %-11s %s\n".formatted("mainnet", mainnet));
        }
        text.append("  %-11s %s\n".formatted("dashboard", node.opsUrl()));
        text.append("  %-11s %s\n".formatted("address", node.address()));
        if (node.runs(Unit.GATEWAY)
                && node.runs(Unit.SU)
                && node.runs(Unit.MU)
                && node.runs(Unit.CU)) {
            text.append(
                    """

                    In JavaScript, with @permaweb/aoconnect:

                      connect({ MODE: 'legacy', GATEWAY_URL: '%s', MU_URL: '%s', CU_URL: '%s' })

                      spawn with scheduler '%s' and a tag Authority with the same address%s

                    In a shell, with aos:

                      GATEWAY_URL=%s ARWEAVE_GRAPHQL=%s/graphql MU_URL=%s CU_URL=%s \\
                        aos my-process --legacy --scheduler %s --tag-name Authority --tag-value %s

                    """
                            .formatted(
                                    network.gateway(),
                                    network.mu(),
                                    network.cu(),
                                    node.address(),
                                    mainnetLines(mainnet),
                                    network.gateway(),
                                    network.gateway(),
                                    network.mu(),
                                    network.cu(),
                                    node.address(),
                                    node.address()));
        }
        return text.toString();
    }

    private static String mainnetLines(@Nullable URI mainnet) {
        return mainnet == null
                ? ""
                : "\n\n  or, for the same processes, in mainnet mode:"
                        + "\n\n    connect({ MODE: 'mainnet', URL: '%s', signer: createSigner(jwk) })"
                                .formatted(mainnet);
    }

    private static void line(StringBuilder text, Node node, Unit unit, String name, Object url) {
        if (node.runs(unit)) {
            text.append("  %-11s %s\n".formatted(name, url));
        }
    }
}
