package dev.flywheel.node.doctor;

import dev.flywheel.node.doctor.Finding.Level;
import dev.flywheel.protocol.Id;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Looks at a HyperBEAM node and a compute unit from outside, as a third. Asks only what changes
 * nothing, but that a process may have to be evaluated for it. One thread.
 */
public final class Doctor implements AutoCloseable {
    /** Where HyperBEAM looks when nobody says another. */
    private static final int UNIT_PORT = 6363;

    private final URI node;
    private final URI unit;
    private final Consumer<Finding> report;
    private final Asking asking = new Asking();
    private boolean failed;
    private @Nullable Long unitAheadMs;

    /**
     * @param node URL of the HyperBEAM node, without a slash at the end
     * @param unit likewise of the compute unit
     * @param report takes each finding when it is there
     */
    public Doctor(URI node, URI unit, Consumer<Finding> report) {
        this.node = node;
        this.unit = unit;
        this.report = report;
    }

    /**
     * Makes all checks that can be made.
     *
     * @param process to look at too, or null
     * @return whether none failed
     */
    public boolean examine(@Nullable Id process) throws InterruptedException {
        JsonNode status = unit();
        NodeInfo info = node();
        if (status != null) {
            behind(status, info);
            quarantined(status);
        }
        if (info != null) {
            port(info);
        }
        if (process == null) {
            found(
                    Finding.warning(
                            "process",
                            "not looked at: schedule, hash chain, lag, result, dry run and module",
                            "Name a process with --process ID"));
        } else {
            ProcessChecks checks = new ProcessChecks(asking, node, unit, process, this::found);
            checks.examine(status, info != null);
        }
        return !failed;
    }

    private void found(Finding finding) {
        failed |= finding.level() == Level.FAILED;
        report.accept(finding);
    }

    // ---- the unit

    /** What it says of itself; null when it is no Flywheel unit. */
    private @Nullable JsonNode unit() throws InterruptedException {
        Asking.Outcome alive = alive();
        if (alive.answer() == null) {
            found(
                    Finding.failed(
                            "unit",
                            "nobody answers at %s (%s)".formatted(unit, alive.shown()),
                            "Start it: flywheel cu --behind-hyperbeam " + node));
            return null;
        }
        if (alive.answer().status() >= 400) {
            found(
                    Finding.failed(
                            "unit",
                            "GET %s/ answers %s, which a node takes for a dead unit"
                                    .formatted(unit, alive.shown()),
                            "See what holds this port, stop it, and start flywheel cu --behind-hyperbeam "
                                    + node));
            return null;
        }
        found(
                alive.ms() > DoctorLimits.ALIVE_MS
                        ? Finding.warning(
                                "unit",
                                "answers GET / in %d ms, a node gives up after %d"
                                        .formatted(alive.ms(), DoctorLimits.ALIVE_MS),
                                "The machine is overloaded, or the unit is far from the node: put both on one machine with cores to spare")
                        : Finding.ok(
                                "unit",
                                "answers GET / in %d ms, a node waits %d"
                                        .formatted(alive.ms(), DoctorLimits.ALIVE_MS)));
        JsonNode status = asking.get(unit + "/status").json();
        if (status.path("unit").asString("").equals("flywheel")) {
            found(Finding.ok("unit", "is a Flywheel unit at " + unit));
            clock(alive);
            return status;
        }
        boolean likeNodeJs = alive.json().has("address") && alive.json().has("timestamp");
        found(
                Finding.failed(
                        "unit",
                        likeNodeJs
                                ? "at %s is another compute unit, as the NodeJS one answers: it has no /status"
                                        .formatted(unit)
                                : "at %s is no compute unit: GET / answers %s"
                                        .formatted(unit, alive.shown()),
                        "Stop what holds this port, then start flywheel cu --behind-hyperbeam "
                                + node));
        return null;
    }

    private Asking.Outcome alive() throws InterruptedException {
        Asking.Outcome best = asking.get(unit + "/");
        for (int i = 1; i < DoctorLimits.ALIVE_TRIES && best.answer() != null; i++) {
            Asking.Outcome next = asking.get(unit + "/");
            best = next.answer() == null || next.ms() < best.ms() ? next : best;
        }
        return best;
    }

    private void clock(Asking.Outcome alive) {
        JsonNode timestamp = alive.json().path("timestamp");
        unitAheadMs = timestamp.isIntegralNumber() ? timestamp.longValue() - alive.atMs() : null;
    }

    // ---- the node

    /** What it says of itself; null when it is none. */
    private @Nullable NodeInfo node() throws InterruptedException {
        Asking.Outcome answer = asking.get(node + "/~meta@1.0/info");
        if (answer.answer() == null) {
            found(
                    Finding.failed(
                            "node",
                            "nobody answers at %s (%s)".formatted(node, answer.shown()),
                            "Start the HyperBEAM node, or name its address with --hyperbeam; its port is 8734 unless its configuration says another"));
            return null;
        }
        NodeInfo info = NodeInfo.of(asking, node, answer);
        if (info == null) {
            found(
                    Finding.failed(
                            "node",
                            "at %s is no HyperBEAM node: /~meta@1.0/info has no address, it answers %s"
                                    .formatted(node, answer.shown()),
                            "Name the node's address with --hyperbeam"));
            return null;
        }
        found(
                Finding.ok(
                        "node",
                        "HyperBEAM %s, address %s"
                                .formatted(
                                        info.version() == null
                                                ? "of unknown version"
                                                : Asking.cut(info.version()),
                                        info.address())));
        clocks(info);
        return info;
    }

    private void clocks(NodeInfo info) {
        Long ofNode = info.aheadMs();
        Long ofUnit = unitAheadMs;
        if (ofNode == null || ofUnit == null) {
            found(
                    Finding.warning(
                            "clocks",
                            "not compared: %s does not tell its time"
                                    .formatted(ofNode == null ? "the node" : "the unit"),
                            "Compare them yourself, with date on both machines"));
            return;
        }
        long apartMs = Math.abs(ofNode - ofUnit);
        found(
                apartMs > DoctorLimits.CLOCK_MS
                        ? Finding.failed(
                                "clocks",
                                "those of node and unit are %d s apart".formatted(apartMs / 1_000),
                                "Set both by NTP: crons and ages of dry runs go by them")
                        : Finding.ok("clocks", "those of node and unit agree"));
    }

    // ---- both

    private void behind(JsonNode status, @Nullable NodeInfo info) throws InterruptedException {
        String behind = status.path("behindHyperBeam").asString("");
        if (behind.isEmpty()) {
            found(
                    Finding.failed(
                            "behind",
                            "the unit works for no node: it answers slots from scheduler units' logs, and takes nothing that a node posts",
                            "Start it with --behind-hyperbeam " + node));
            return;
        }
        if (behind.equals(node.toString())) {
            found(Finding.ok("behind", "the unit works for " + behind));
            return;
        }
        String other = address(behind);
        if (info != null && info.address().equals(other)) {
            found(
                    Finding.ok(
                            "behind",
                            "the unit works for %s, which is the same node"
                                    .formatted(Asking.cut(behind))));
            return;
        }
        found(
                Finding.failed(
                        "behind",
                        "the unit works for %s, %s"
                                .formatted(
                                        Asking.cut(behind),
                                        other.isEmpty()
                                                ? "where no node answers from here"
                                                : "another node (address " + other + ")"),
                        "Start it with --behind-hyperbeam " + node));
    }

    private void quarantined(JsonNode status) {
        JsonNode all = status.path("quarantined");
        for (int i = 0; i < Math.min(all.size(), DoctorLimits.QUARANTINED_SHOWN_MAX); i++) {
            String process = Asking.cut(all.path(i).path("process").asString(""));
            found(
                    Finding.failed(
                            "quarantine",
                            "process %s stands still: its scheduler gave two different logs up to slot %s (message %s was evaluated, message %s was there then)"
                                    .formatted(
                                            process,
                                            Asking.cut(all.path(i).path("nonce").asString("")),
                                            Asking.cut(
                                                    all.path(i)
                                                            .path("evaluatedMessage")
                                                            .asString("")),
                                            Asking.cut(
                                                    all.path(i).path("otherMessage").asString(""))),
                            "Find out which log is right, stop the unit, then flywheel quarantine %s --keep or --forget"
                                    .formatted(process)));
        }
        if (all.size() > DoctorLimits.QUARANTINED_SHOWN_MAX) {
            found(
                    Finding.warning(
                            "quarantine",
                            "%d processes are quarantined in all".formatted(all.size()),
                            "Ask %s/status, or flywheel quarantine with the unit stopped"
                                    .formatted(unit)));
        }
    }

    /** The address of a node that the unit named; empty when there is none. */
    private String address(String url) throws InterruptedException {
        try {
            String text = asking.plain(URI.create(url) + "/~meta@1.0/info/address").text();
            return Id.isId(text) ? text : "";
        } catch (IllegalArgumentException e) {
            return ""; // no URL that can be asked
        }
    }

    private void port(NodeInfo info) {
        int port = unit.getPort() < 0 ? 80 : unit.getPort();
        Integer wanted = info.unitPort();
        if (wanted == null) {
            found(
                    port == UNIT_PORT
                            ? Finding.ok(
                                    "port",
                                    "the node does not tell its genesis-wasm-port; the unit is on the usual one, "
                                            + port)
                            : Finding.warning(
                                    "port",
                                    "the node does not tell its genesis-wasm-port; the unit is on %d, usual is %d"
                                            .formatted(port, UNIT_PORT),
                                    "See that the node's configuration has genesis_wasm_port = "
                                            + port));
            return;
        }
        found(
                wanted == port
                        ? Finding.ok("port", "the node looks for its unit on %d".formatted(port))
                        : Finding.failed(
                                "port",
                                "the node looks for its unit on port %d, this one is on %d"
                                        .formatted(wanted, port),
                                "Start flywheel cu with --cu-port %d, or set the node's genesis_wasm_port to %d"
                                        .formatted(wanted, port)));
    }

    @Override
    public void close() {
        asking.close();
    }
}
