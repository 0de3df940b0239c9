package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ScheduledEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Assigned ids, boot transactions and pushed messages: where the gateway, or a hash, has a say. */
class AssignTest {
    @TempDir private Path directory;
    private StubGateway gateway;
    private Unit unit;
    private DataItem process;

    @BeforeEach
    void start() throws Exception {
        gateway = StubGateway.start();
        unit = Unit.start(Unit.options(directory, gateway.uri()));
        process = Unit.process(Keys.WALLET);
        unit.take(process);
    }

    @AfterEach
    void stop() {
        unit.close();
        gateway.close();
    }

    private void restart(SchedulerOptions.Behaviour behaviour) {
        unit.close();
        unit = Unit.start(Unit.with(Unit.options(directory, gateway.uri()), behaviour));
    }

    private static DataItem note(String data) {
        return new ItemBuilder().tag("Content-Type", "text/plain").data(data).sign(Keys.WALLET);
    }

    @Test
    void shouldAssignWhatTheGatewayKnows() throws Exception {
        DataItem note = note("an article");
        gateway.give(note);
        JsonNode receipt = unit.assign(process.id(), note.id(), "&exclude=Data,Tags");
        List<ScheduledEntry> log = unit.log(process.id());
        LogChecks.assertWhole(process.id(), log);
        ScheduledEntry entry = log.getLast();
        assertThat(entry.message()).isNull();
        assertThat(entry.messageId()).isEqualTo(note.id().toString());
        assertThat(entry.exclude()).containsExactly("Data", "Tags");
        assertThat(entry.assignment().id()).isEqualTo(receipt.path("id").asString());
        // Found by its assignment, not by the message.
        Answer found = unit.get("/" + entry.assignment().id() + "?process-id=" + process.id());
        assertThat(ScheduledEntry.parse(found.body())).isEqualTo(entry);
        unit.assertRefused(
                unit.get("/" + note.id() + "?process-id=" + process.id()),
                400,
                "Message or Process not found");
    }

    @Test
    void shouldAnswerARepeatedAssignAsTheFirst() throws Exception {
        DataItem note = note("an article");
        gateway.give(note);
        JsonNode first = unit.assign(process.id(), note.id(), "");
        assertThat(unit.assign(process.id(), note.id(), "")).isEqualTo(first);
        assertThat(unit.log(process.id())).hasSize(2);
    }

    @Test
    void shouldAssignWhatWasPostedHereWithoutAskingTheGateway() throws Exception {
        DataItem other = Unit.process(Keys.WALLET);
        unit.take(other);
        DataItem message = Unit.message(Keys.WALLET, process.id(), "for two");
        unit.take(message);
        gateway.failing = 503;
        unit.assign(other.id(), message.id(), "");
        unit.assign(other.id(), process.id(), "");
        assertThat(unit.log(other.id()).stream().map(ScheduledEntry::messageId))
                .containsExactly(
                        other.id().toString(), message.id().toString(), process.id().toString());
        // The message stays a message for its own process.
        Answer own = unit.get("/" + message.id() + "?process-id=" + process.id());
        assertThat(ScheduledEntry.parse(own.body()).message()).isNotNull();
    }

    @Test
    void shouldRefuseAssignsThatCannotBe() throws Exception {
        String nobody = "A".repeat(43);
        unit.assertRefused(
                unit.post("/?process-id=" + process.id(), new byte[0]),
                400,
                "If sending assign or process-id, you must send both.");
        unit.assertRefused(
                unit.post("/?assign=" + nobody, new byte[0]),
                400,
                "If sending assign or process-id, you must send both.");
        unit.assertRefused(
                unit.post("/?process-id=" + process.id() + "&assign=short", new byte[0]),
                400,
                "error in builder: BuilderError(\"assign param must be 43 characters\")");
        Answer unknown =
                unit.post("/?process-id=" + process.id() + "&assign=" + nobody, new byte[0]);
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text()).contains("was not found on the gateway");
        Answer process = unit.post("/?process-id=" + nobody + "&assign=" + nobody, new byte[0]);
        assertThat(process.status()).isEqualTo(400);
        assertThat(process.text()).contains("is not scheduled here");
        gateway.failing = 500;
        Answer failing =
                unit.post("/?process-id=" + this.process.id() + "&assign=" + nobody, new byte[0]);
        assertThat(failing.status()).isEqualTo(502);
        assertThat(failing.text()).contains(gateway.uri().toString());
        assertThat(unit.log(this.process.id())).hasSize(1);
    }

    @Test
    void shouldAssignFromTheBaseLayerWhenItIsSettled() throws Exception {
        DataItem patient = Unit.processBuilder().tag("Settlement-Depth", "5").sign(Keys.WALLET);
        unit.take(patient);
        Id transaction = note("settled").id();
        String path = "/?process-id=" + patient.id() + "&assign=" + transaction + "&base-layer";
        gateway.confirmations = 4;
        unit.assertRefused(
                unit.post(path, new byte[0]),
                400,
                "error in builder: BuilderError(\"Not enough confirmations to assign\")");
        gateway.confirmations = 5;
        assertThat(unit.post(path, new byte[0]).status()).isEqualTo(200);
        String usual = path.replace(patient.id().toString(), process.id().toString());
        gateway.confirmations = 19;
        assertThat(unit.post(usual, new byte[0]).status()).isEqualTo(400);
        gateway.confirmations = 20;
        assertThat(unit.post(usual, new byte[0]).status()).isEqualTo(200);
    }

    @Test
    void shouldBootOnlyFromWhatExists() throws Exception {
        DataItem source = note("print('booted')");
        DataItem booting =
                Unit.processBuilder().tag("On-Boot", source.id().toString()).sign(Keys.WALLET);
        unit.assertRefused(unit.post(booting.bytes()), 400, "Invalid tx id for On-Boot tag");
        gateway.give(source);
        unit.take(booting);
        unit.take(Unit.processBuilder().tag("On-Boot", "Data").sign(Keys.WALLET));
        unit.assertRefused(
                unit.post(Unit.processBuilder().tag("On-Boot", "no id").sign(Keys.WALLET).bytes()),
                400,
                "Invalid tx id for On-Boot tag");
    }

    private DataItem pushed(String root, String data) {
        return Unit.messageBuilder(process.id())
                .tag("From-Process", "A".repeat(43))
                .tag("Pushed-For", root)
                .data(data)
                .sign(Keys.USER);
    }

    @Test
    void shouldRefuseAPushedMessageOfTheSameContentWhenAskedTo() throws Exception {
        unit.take(pushed("a", "tick"));
        unit.take(pushed("b", "tick"));
        restart(new SchedulerOptions.Behaviour(true, true, 0));
        unit.assertRefused(
                unit.post(pushed("c", "tick").bytes()),
                400,
                "MessageExists(\"Deep hash already exists\")");
        unit.take(pushed("c", "tock"));
        unit.assertRefused(
                unit.post(pushed("d", "tock").bytes()),
                400,
                "MessageExists(\"Deep hash already exists\")");
        DataItem note = note("assigned once");
        gateway.give(note);
        unit.assign(process.id(), note.id(), "");
        unit.assertRefused(
                unit.post("/?process-id=" + process.id() + "&assign=" + note.id(), new byte[0]),
                400,
                "MessageExists(\"Deep hash already exists\")");
        LogChecks.assertWhole(process.id(), unit.log(process.id()));
    }

    @Test
    void shouldLimitMessagesWhenAskedTo() throws Exception {
        restart(new SchedulerOptions.Behaviour(true, false, 2_000));
        unit.take(Unit.message(Keys.WALLET, process.id(), "short"));
        unit.assertRefused(
                unit.post(Unit.message(Keys.WALLET, process.id(), "x".repeat(2_000)).bytes()),
                400,
                "Message size exceeds maximum of 2000 bytes");
        unit.take(Unit.processBuilder().data("x".repeat(2_000)).sign(Keys.WALLET));
    }
}
