package dev.flywheel.node.network;

import dev.flywheel.node.cli.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A started node: its program and where its units answer. Ended when the test closes it. */
final class RunningNode implements AutoCloseable {
    private final Child child;
    private final Map<String, String> addresses = new HashMap<>();

    private RunningNode(Child child) {
        this.child = child;
    }

    /**
     * Starts {@code flywheel COMMAND} on any free ports and waits until it is ready.
     *
     * @param command node, cu, su, mu or gateway
     * @param data its data directory
     */
    static RunningNode start(String command, Path data, String... more)
            throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(command, "--data", data.toString(), "--ops-port", "0"));
        for (String unit : List.of("gateway", "su", "mu", "cu", "mainnet")) {
            String flag = "--" + unit + "-port";
            if (!List.of(more).contains(flag)) {
                arguments.addAll(List.of(flag, "0"));
            }
        }
        arguments.addAll(List.of(more));
        RunningNode node = new RunningNode(Child.start(Map.of(), arguments.toArray(String[]::new)));
        try {
            node.child.await(
                    line -> {
                        String[] words = line.strip().split("\\s+");
                        if (words.length == 2) {
                            node.addresses.put(words[0], words[1]);
                        }
                        return words.length == 2 && words[0].equals("address");
                    });
            return node;
        } catch (AssertionError | InterruptedException e) {
            node.close();
            throw e;
        }
    }

    String gateway() {
        return url("gateway");
    }

    String su() {
        return url("scheduler");
    }

    String mu() {
        return url("messenger");
    }

    String cu() {
        return url("compute");
    }

    /** Where clients in mainnet mode are served. */
    String mainnet() {
        return url("mainnet");
    }

    /** Dashboard, health and metrics. */
    String ops() {
        return url("dashboard");
    }

    /** Address of its key. */
    String address() {
        return url("address");
    }

    private String url(String name) {
        String url = addresses.get(name);
        if (url == null) {
            throw new AssertionError("the node printed no " + name + ": " + addresses);
        }
        return url;
    }

    Child child() {
        return child;
    }

    @Override
    public void close() {
        child.close();
    }
}
