package dev.flywheel.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What follows from a message: items with the tags of spec 6.4 to 6.6, delivered in turn. */
class PushTest extends NetworkTest {
    private final String alice = process();
    private final String bob = process();

    private DataItem only(String target) {
        List<DataItem> items = su.scheduledFor(target);
        assertThat(items).hasSize(1);
        return items.getFirst();
    }

    @Test
    void shouldDeliverAMessageAndItsReply() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.behaviour =
                (id, process) -> {
                    if (id.equals(hello.id().toString())) {
                        return new Results().message(bob, "ping", "Action", "Ping").json();
                    }
                    return process.equals(bob)
                            ? new Results().message(alice, "pong", "Action", "Pong").json()
                            : Results.EMPTY;
                };
        Answer answer = post(hello);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text())
                .isEqualTo("{\"message\":\"Processing DataItem\",\"id\":\"" + hello.id() + "\"}");
        waiting.until("the reply", () -> su.scheduledFor(alice).size() == 2);
        awaitQuiet();
        DataItem ping = only(bob);
        assertThat(TestItems.text(ping.tags()))
                .containsExactly(
                        "Variant=ao.TN.1",
                        "Reference=1",
                        "Action=Ping",
                        "Data-Protocol=ao",
                        "Type=Message",
                        "From-Process=" + alice,
                        "From-Module=" + TestItems.MODULE,
                        "Pushed-For=" + hello.id());
        assertThat(ping.anchorText()).isEqualTo("00000000000000000000000000000001");
        assertThat(ping.dataText()).isEqualTo("ping");
        assertThat(ping.ownerAddress()).isEqualTo(TestItems.MESSENGER.address());
        DataItem pong = su.scheduledFor(alice).getLast();
        assertThat(pong.tags().first("Pushed-For")).isEqualTo(hello.id().toString());
        assertThat(pong.tags().first("From-Process")).isEqualTo(bob);
        assertThat(cu.asked)
                .containsExactly(
                        "/result/%s?process-id=%s&no-busy=1".formatted(hello.id(), alice),
                        "/result/%s?process-id=%s&no-busy=1".formatted(ping.id(), bob),
                        "/result/%s?process-id=%s&no-busy=1".formatted(pong.id(), alice));
        assertThat(messenger().counters().delivered()).isEqualTo(2);
    }

    @Test
    void shouldReplaceProtocolTagsThatAMessageClaims() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.results.put(
                hello.id().toString(),
                new Results()
                        .message(
                                bob,
                                "x",
                                "From-Process",
                                TestItems.id("somebody else"),
                                "From-Module",
                                "none",
                                "Type",
                                "Process",
                                "X",
                                "1")
                        .json());
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        assertThat(TestItems.text(only(bob).tags()))
                .containsExactly(
                        "Variant=ao.TN.1",
                        "Reference=1",
                        "X=1",
                        "Data-Protocol=ao",
                        "Type=Message",
                        "From-Process=" + alice,
                        "From-Module=" + TestItems.MODULE,
                        "Pushed-For=" + hello.id());
    }

    @Test
    void shouldKeepTheOrderOfMessagesToOneProcess() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        Results results = new Results();
        for (int i = 0; i < 150; i++) {
            results.message(bob, "number " + i);
        }
        cu.results.put(hello.id().toString(), results.json());
        post(hello);
        waiting.until("all messages", () -> su.scheduledFor(bob).size() == 150);
        List<String> data = su.scheduledFor(bob).stream().map(DataItem::dataText).toList();
        for (int i = 0; i < 150; i++) {
            assertThat(data.get(i)).isEqualTo("number " + i);
        }
        awaitQuiet();
    }

    @Test
    void shouldSpawnAProcessTellItsParentAndFollowItsBoot() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.behaviour =
                (id, process) -> {
                    if (id.equals(hello.id().toString())) {
                        return new Results()
                                .spawn(alice, "boot", "Name", "child", "Authority", "me")
                                .json();
                    }
                    return id.equals(process)
                            ? new Results().message(bob, "I am born").json()
                            : Results.EMPTY;
                };
        post(hello);
        waiting.until("a message of the child", () -> !su.scheduledFor(bob).isEmpty());
        waiting.until("the notice", () -> su.scheduledFor(alice).size() == 2);
        awaitQuiet();
        DataItem born = only(bob);
        String child = Objects.requireNonNull(born.tags().first("From-Process"));
        DataItem process = Objects.requireNonNull(su.find(child));
        assertThat(process.target()).isNull();
        assertThat(process.anchor()).isNull();
        assertThat(process.dataText()).isEqualTo("boot");
        assertThat(TestItems.text(process.tags()))
                .containsExactly(
                        "Reference=1",
                        "Module=" + TestItems.MODULE,
                        "Name=child",
                        "Authority=me",
                        "Variant=ao.TN.1",
                        "Data-Protocol=ao",
                        "Type=Process",
                        "From-Process=" + alice,
                        "Pushed-For=" + hello.id(),
                        "Scheduler=" + TestItems.SCHEDULER);
        assertThat(born.tags().first("Pushed-For")).isEqualTo(hello.id().toString());
        assertThat(born.tags().first("From-Module")).isEqualTo(TestItems.MODULE);
        DataItem notice = su.scheduledFor(alice).getLast();
        assertThat(notice.dataText()).isEqualTo(" ");
        assertThat(notice.anchor()).isNull();
        assertThat(TestItems.text(notice.tags()))
                .containsExactly(
                        "Reference=1",
                        "From-Process=" + alice,
                        "Module=" + TestItems.MODULE,
                        "Name=child",
                        "Authority=me",
                        "Data-Protocol=ao",
                        "Type=Message",
                        "Process=" + child,
                        "Action=Spawned",
                        "Variant=ao.TN.1");
        assertThat(cu.asked)
                .contains(
                        "/result/%s?process-id=%s&no-busy=1".formatted(child, child),
                        "/result/%s?process-id=%s&no-busy=1".formatted(notice.id(), alice));
    }

    @Test
    void shouldAssignAndFollowTheAssignment() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        String carol = process();
        String assignment = TestItems.id("assignment " + hello.id() + "@" + bob);
        cu.results.put(
                hello.id().toString(),
                new Results().assignment(hello.id().toString(), bob, carol).json());
        cu.results.put(assignment, new Results().message(alice, "thanks").json());
        post(hello);
        waiting.until("thanks", () -> su.scheduledFor(alice).size() == 2);
        awaitQuiet();
        assertThat(su.assigns)
                .containsExactlyInAnyOrder(
                        "process-id=%s&assign=%s".formatted(bob, hello.id()),
                        "process-id=%s&assign=%s".formatted(carol, hello.id()));
        DataItem thanks = su.scheduledFor(alice).getLast();
        assertThat(thanks.tags().first("From-Process")).isEqualTo(bob);
        assertThat(thanks.tags().has("Pushed-For")).isFalse();
    }

    @Test
    void shouldPassOnBaseLayerAndExclusionsOfAnAssignment() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.results.put(
                hello.id().toString(),
                new Results()
                        .rawAssignment(
                                "{\"Message\":\"%s\",\"Processes\":[\"%s\"],\"BaseLayer\":true,\"Exclude\":[\"Data\",\"Tags\"]}"
                                        .formatted(hello.id(), bob))
                        .json());
        post(hello);
        waiting.until("the assignment", () -> !su.assigns.isEmpty());
        assertThat(su.assigns)
                .containsExactly(
                        "process-id=%s&assign=%s&base-layer&exclude=Data%%2CTags"
                                .formatted(bob, hello.id()));
    }

    @Test
    void shouldAssignAMessageToTheProcessesOfItsTag() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        String carol = process();
        cu.results.put(
                hello.id().toString(),
                new Results()
                        .rawMessage(
                                "{\"Target\":\"%s\",\"Anchor\":null,\"Data\":\"x\",\"Tags\":[{\"name\":\"Assignments\",\"value\":[\"%s\",\"%s\"]}]}"
                                        .formatted(bob, alice, carol))
                        .json());
        post(hello);
        waiting.until("assignments", () -> su.assigns.size() == 2);
        awaitQuiet();
        DataItem message = only(bob);
        assertThat(message.tags().has("Assignments")).isFalse();
        assertThat(message.anchor()).isNull();
        assertThat(su.assigns)
                .containsExactlyInAnyOrder(
                        "process-id=%s&assign=%s".formatted(alice, message.id()),
                        "process-id=%s&assign=%s".formatted(carol, message.id()));
    }

    @Test
    void shouldAssignAProcessToItsTarget() throws Exception {
        start();
        DataItem process = TestItems.processBuilder().target(alice).sign(TestItems.CLIENT);
        cu.results.put(process.id().toString(), new Results().message(bob, "born").json());
        assertThat(post(process).status()).isEqualTo(202);
        waiting.until("its message", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(su.assigns)
                .containsExactly("process-id=%s&assign=%s".formatted(alice, process.id()));
        assertThat(only(bob).tags().first("Pushed-For")).isEqualTo(process.id().toString());
    }

    @Test
    void shouldPutAMessageToAWalletOnTheGatewayOnly() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        String wallet = TestItems.id("wallet");
        cu.results.put(hello.id().toString(), new Results().message(wallet, "paid").json());
        post(hello);
        waiting.until("the upload", () -> gateway.uploads.size() == 1);
        awaitQuiet();
        DataItem item = DataItem.parse(gateway.uploads.getFirst());
        assertThat(item.target()).isEqualTo(Id.parse(wallet));
        assertThat(item.tags().first("From-Process")).isEqualTo(alice);
        assertThat(su.scheduledFor(wallet)).isEmpty();
        assertThat(cu.asked).hasSize(1);
        assertThat(messenger().counters().wallets()).isEqualTo(1);
    }

    @Test
    void shouldLeaveOutOnlyWhatCannotBeSent() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.results.put(
                hello.id().toString(),
                new Results()
                        .rawMessage(
                                "{\"Target\":\"%s\",\"Anchor\":\"short\",\"Tags\":[]}"
                                        .formatted(bob))
                        .rawMessage("{\"Target\":\"nobody\",\"Anchor\":null,\"Tags\":[]}")
                        .rawMessage("{\"Target\":7}")
                        .rawMessage("null")
                        .message(bob, "too many tags", "X", "x".repeat(5_000))
                        .rawSpawn("{\"Tags\":[{\"name\":\"Name\",\"value\":\"no module\"}]}")
                        .assignment("no id", bob)
                        .assignment(hello.id().toString(), "no process")
                        .message(bob, "the good one")
                        .json());
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(only(bob).dataText()).isEqualTo("the good one");
        assertThat(su.scheduled()).hasSize(2);
        assertThat(su.assigns).isEmpty();
        assertThat(messenger().counters().dropped()).isEqualTo(8);
    }

    @Test
    void shouldPushTheMessagesOfAnErrorToo() throws Exception {
        start();
        DataItem hello = TestItems.message(alice);
        cu.results.put(
                hello.id().toString(),
                new Results()
                        .message(bob, "x")
                        .json()
                        .replace("\"Output\"", "\"Error\":\"e\",\"Output\""));
        post(hello);
        waiting.until("delivery", () -> !su.scheduledFor(bob).isEmpty());
        awaitQuiet();
        assertThat(only(bob).dataText()).isEqualTo("x");
    }
}
