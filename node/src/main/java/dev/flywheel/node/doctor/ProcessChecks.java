package dev.flywheel.node.doctor;

import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.MalformedJsonException;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.ScheduledEntry;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The checks of one process at a node and a unit. */
final class ProcessChecks {
    private static final byte[] WASM = {0, 'a', 's', 'm'};

    /**
     * In the form in which a node asks; without a handler a process answers nothing, which is fine.
     */
    private static final String DRY_RUN =
            "{\"Owner\":\"\",\"From\":\"\",\"Anchor\":\"\",\"Data\":\"\",\"Tags\":[{\"name\":\"Action\",\"value\":\"Info\"}]}";

    private final Asking asking;
    private final URI node;
    private final URI unit;
    private final Id process;
    private final Consumer<Finding> report;

    ProcessChecks(Asking asking, URI node, URI unit, Id process, Consumer<Finding> report) {
        this.asking = asking;
        this.node = node;
        this.unit = unit;
        this.process = process;
        this.report = report;
    }

    /**
     * Makes those that can be made.
     *
     * @param status of the unit; null when it is not there
     * @param hasNode whether there is a node
     */
    void examine(@Nullable JsonNode status, boolean hasNode) throws InterruptedException {
        List<ScheduledEntry> entries = hasNode ? schedule() : List.of();
        if (status != null && hasNode) {
            lag();
        }
        if (status != null) {
            result();
            dryRun();
        }
        ProcessRecord record = entries.isEmpty() ? null : ProcessRecord.of(entries.getFirst());
        String gateway = status == null ? "" : status.path("gateway").asString("");
        if (record != null && !gateway.isEmpty()) {
            module(record, gateway);
        } else {
            report.accept(
                    Finding.warning(
                            "module",
                            "not looked for: "
                                    + (gateway.isEmpty()
                                            ? "the unit does not say which gateway it uses"
                                            : "slot 0 of the node's schedule does not tell the process"),
                            "Repeat this when the failures above are gone"));
        }
    }

    private List<ScheduledEntry> schedule() throws InterruptedException {
        String url =
                node
                        + "/~scheduler@1.0/schedule?target="
                        + process
                        + "&from=0&to=1&limit=2&accept=application/aos-2";
        Asking.Outcome answer = asking.plain(url);
        String remedy =
                "Is it a process of this node, or of a scheduler that it knows? Ask GET " + url;
        if (!answer.isSuccess() || answer.answer() == null) {
            report.accept(
                    Finding.failed(
                            "schedule", "the node gives no schedule: " + answer.shown(), remedy));
            return List.of();
        }
        List<ScheduledEntry> entries;
        try {
            entries = HyperBeamPage.parse(answer.answer().body()).entries();
        } catch (MalformedJsonException e) {
            report.accept(
                    Finding.failed(
                            "schedule",
                            "the node's schedule is not in a form that is read here: %s; it begins \"%s\""
                                    .formatted(
                                            Asking.cut(String.valueOf(e.getMessage())),
                                            Asking.cut(answer.text())),
                            "This version of HyperBEAM has another form: use one that gives application/aos-2, and report it"));
            return List.of();
        }
        if (entries.isEmpty() || !entries.getFirst().processId().equals(process)) {
            report.accept(
                    Finding.failed(
                            "schedule", "the node has no slot 0 of process " + process, remedy));
            return List.of();
        }
        report.accept(Finding.ok("schedule", "the node gives slots in a form that is read here"));
        report.accept(chain(entries));
        return entries;
    }

    private static Finding chain(List<ScheduledEntry> entries) {
        ScheduledEntry first = entries.getFirst();
        if (entries.size() < 2) {
            return HashChain.followsOfNode(true, null, first.messageId(), first.hashChain())
                    ? Finding.ok("hash chain", "over messages, as HyperBEAM's schedulers have it")
                    : Finding.warning(
                            "hash chain",
                            "only slot 0 is there, from which its kind is not seen",
                            "Repeat this when the process has a second slot");
        }
        ScheduledEntry second = entries.get(1);
        if (HashChain.followsOfNode(
                false, first.hashChain(), second.messageId(), second.hashChain())) {
            return Finding.ok("hash chain", "over messages, as HyperBEAM's schedulers have it");
        }
        if (HashChain.follows(first.assignment().id(), first.hashChain(), second.hashChain())) {
            return Finding.ok("hash chain", "over assignments, as scheduler units have it");
        }
        return Finding.failed(
                "hash chain",
                "that of slot 1 follows from slot 0 in neither known way",
                "The log may be changed, or two schedulers write it: ask whoever runs the process's scheduler; this unit refuses slot 1 with 422");
    }

    private void lag() throws InterruptedException {
        Asking.Outcome current = asking.plain(node + "/" + process + "~process@1.0/slot/current");
        Long newest = slot(current);
        if (newest == null) {
            report.accept(
                    Finding.warning(
                            "lag",
                            "the node does not tell its current slot: " + current.shown(),
                            "Ask it yourself: GET "
                                    + node
                                    + "/"
                                    + process
                                    + "~process@1.0/slot/current"));
            return;
        }
        JsonNode nonce =
                asking.get(unit + "/status?process-id=" + process).json().at("/process/nonce");
        if (!nonce.isIntegralNumber()) {
            report.accept(
                    Finding.warning(
                            "lag",
                            "the unit has evaluated nothing of it, the node is at slot " + newest,
                            "Its first request evaluates all slots; if a NodeJS unit had it, flywheel import takes that over"));
            return;
        }
        long behind = newest - nonce.longValue();
        if (behind == 0) {
            report.accept(Finding.ok("lag", "node and unit are both at slot " + newest));
        } else if (behind > 0) {
            report.accept(
                    Finding.warning(
                            "lag",
                            "the unit is at slot %d, the node at %d: %d behind"
                                    .formatted(nonce.longValue(), newest, behind),
                            "The next request catches up, and %s/status shows how far it is; if it stays so, see the unit's log"
                                    .formatted(unit)));
        } else {
            report.accept(
                    Finding.failed(
                            "lag",
                            "the unit is at slot %d, the node at %d: it has results of a longer log"
                                    .formatted(nonce.longValue(), newest),
                            "Is it the same network? If the node lost its data, let it read the schedule again; if the unit has the wrong log, give it an empty --data directory"));
        }
    }

    /** A number as text, as JSON, or as a message with a body. */
    private static @Nullable Long slot(Asking.Outcome answer) {
        JsonNode json = answer.json();
        String text =
                json.isObject() ? json.path("body").asString("") : json.asString(answer.text());
        return answer.isSuccess() && text.matches("\\d{1,15}") ? Long.valueOf(text) : null;
    }

    private void result() throws InterruptedException {
        asked("result", "of slot 0", asking.get(unit + "/result/0?process-id=" + process));
    }

    private void dryRun() throws InterruptedException {
        asked(
                "dry run",
                "in the node's form",
                asking.post(unit + "/dry-run?process-id=" + process, DRY_RUN));
    }

    private void asked(String check, String what, Asking.Outcome outcome) {
        if (outcome.answer() == null) {
            report.accept(
                    Finding.warning(
                            check,
                            "no answer within %d s (%s)"
                                    .formatted(DoctorLimits.ANSWER_MS / 1_000, outcome.shown()),
                            "The unit may have to evaluate the log first: %s/status shows how far it is"
                                    .formatted(unit)));
        } else if (outcome.isSuccess() && outcome.json().path("Messages").isArray()) {
            report.accept(
                    Finding.ok(check, "%s is answered in %d ms".formatted(what, outcome.ms())));
        } else {
            report.accept(
                    Finding.failed(
                            check,
                            "%s: the unit answers %s".formatted(what, outcome.shown()),
                            "The text says what is missing; see also the unit's log"));
        }
    }

    private void module(ProcessRecord record, String gateway) throws InterruptedException {
        Id module = Id.parseOrNull(record.tags().first("Module"));
        if (module == null) {
            report.accept(
                    Finding.failed(
                            "module",
                            "slot 0 of the process names none",
                            "It is no process that a compute unit can run"));
            return;
        }
        Asking.Outcome data;
        try {
            data = asking.module(URI.create(gateway) + "/raw/" + module);
        } catch (IllegalArgumentException e) {
            data = new Asking.Outcome(null, "no URL: " + gateway, 0, 0);
        }
        byte[] body = data.answer() == null ? new byte[0] : data.answer().body();
        boolean wasm =
                body.length >= WASM.length
                        && java.util.Arrays.equals(body, 0, WASM.length, WASM, 0, WASM.length);
        report.accept(
                data.isSuccess() && wasm
                        ? Finding.ok(
                                "module",
                                "%s is at %s, %d KiB"
                                        .formatted(module, Asking.cut(gateway), body.length >> 10))
                        : Finding.failed(
                                "module",
                                "%s is not at %s: %s"
                                        .formatted(
                                                module,
                                                Asking.cut(gateway),
                                                data.isSuccess()
                                                        ? "what is there is no wasm"
                                                        : data.shown()),
                                "Name a gateway that has it with --gateway-url at the unit"));
    }
}
