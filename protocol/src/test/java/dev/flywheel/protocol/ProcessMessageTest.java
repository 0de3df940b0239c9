package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcessMessageTest {
    private static final Id PROCESS = Id.parse("4iZaXaryQ3eeCDB_2ZS4WmET6DTm35QukI6dNEhQPmw");
    private static final Signer CLIENT = Ed25519Key.ofSeed(new byte[32]);
    private static final Signer SCHEDULER = TestKeys.oneOfEachType().get(3);

    @Test
    void shouldWriteTheKeysInTheReferencesOrder() throws Exception {
        DataItem item =
                new ItemBuilder().target(PROCESS).tag("Type", "Message").data("1+1").sign(CLIENT);
        ScheduledEntry entry = entry(item, 3, List.of());
        assertThat(text(ProcessMessage.scheduled(entry)))
                .isEqualTo(
                        "{\"Id\":\""
                                + item.id()
                                + "\",\"Signature\":\""
                                + Base64Url.encode(item.signature())
                                + "\",\"Data\":\"1+1\",\"Owner\":\""
                                + item.ownerAddress()
                                + "\",\"Target\":\""
                                + PROCESS
                                + "\",\"Anchor\":null,\"From\":\""
                                + item.ownerAddress()
                                + "\",\"Tags\":[{\"name\":\"Type\",\"value\":\"Message\"}],\"Epoch\":0,\"Nonce\":3,"
                                + "\"Timestamp\":1735689600003,\"Block-Height\":1500000,\"Hash-Chain\":\""
                                + entry.hashChain()
                                + "\",\"Cron\":false,\"Read-Only\":false}");
    }

    @Test
    void shouldNameTheSendingProcessAndItsForwarder() throws Exception {
        DataItem item =
                new ItemBuilder()
                        .target(PROCESS)
                        .anchor("0".repeat(32))
                        .tag("From-Process", "sender")
                        .tag("From", "forged")
                        .tag("Owner", "forged")
                        .sign(CLIENT);
        ProcessMessage message = ProcessMessage.scheduled(entry(item, 1, List.of()));
        assertThat(message.from()).isEqualTo("sender");
        assertThat(message.forwardedBy()).isEqualTo(item.ownerAddress());
        assertThat(text(message))
                .doesNotContain("forged")
                .contains("\"Forwarded-By\":\"" + item.ownerAddress());
        assertThat(message.deepHash())
                .isEqualTo(DeepHash.forComputeUnit("", item.tags(), PROCESS, "0".repeat(32)));
    }

    @Test
    void shouldTakeAnEmptySenderForTheOwner() throws Exception {
        DataItem item = new ItemBuilder().target(PROCESS).tag("From-Process", "").sign(CLIENT);
        ProcessMessage message = ProcessMessage.scheduled(entry(item, 1, List.of()));
        assertThat(message.from()).isEqualTo(item.ownerAddress());
        assertThat(message.forwardedBy()).isEqualTo(item.ownerAddress());
    }

    @Test
    void shouldHaveNoDeepHashWithoutForwarderOrWithAnAnchorThatMakesNoItem() throws Exception {
        DataItem plain = new ItemBuilder().target(PROCESS).sign(CLIENT);
        assertThat(ProcessMessage.scheduled(entry(plain, 1, List.of())).deepHash()).isNull();
        ProcessMessage odd =
                new ProcessMessage(
                        ProcessMessage.Kind.SCHEDULED,
                        "i",
                        null,
                        null,
                        "o",
                        PROCESS.toString(),
                        "short",
                        "f",
                        "o",
                        Tags.EMPTY,
                        0L,
                        1L,
                        2,
                        3,
                        null);
        assertThat(odd.deepHash()).isNull();
    }

    @Test
    void shouldLeaveOutWhatACronTickDoesNotHave() {
        Tags tags = Tags.ofPairs("Action", "Cron");
        assertThat(text(ProcessMessage.cron("owner", PROCESS, tags, 5, 6)))
                .isEqualTo(
                        "{\"Owner\":\"owner\",\"Target\":\""
                                + PROCESS
                                + "\",\"From\":\"owner\","
                                + "\"Tags\":[{\"name\":\"Action\",\"value\":\"Cron\"}],\"Timestamp\":5,\"Block-Height\":6,"
                                + "\"Cron\":true,\"Read-Only\":false}");
    }

    @Test
    void shouldFillAnAssignedEntryWithWhatWasLoaded() throws Exception {
        ScheduledEntry entry = entry(null, 2, List.of("Data", "Signature"));
        assertThat(entry.exclude()).containsExactly("Data", "Signature");
        assertThatThrownBy(() -> ProcessMessage.scheduled(entry))
                .hasMessageContaining("load its fields first");
        ProcessMessage message =
                ProcessMessage.assigned(
                        entry,
                        new ScheduledEntry.MessagePart(
                                "tx",
                                new Owner("addr", null),
                                null,
                                Tags.ofPairs("From-Process", "p"),
                                null,
                                "",
                                ""));
        assertThat(text(message))
                .startsWith(
                        "{\"Id\":\""
                                + entry.messageId()
                                + "\",\"Owner\":\"addr\",\"Target\":\"\",\"Anchor\":\"\",\"From\":\"p\",\"Tags\"");
    }

    private static ScheduledEntry entry(@Nullable DataItem item, long nonce, List<String> exclude)
            throws MalformedJsonException {
        Id message = item == null ? HashChain.seed(PROCESS) : item.id();
        DataItem assignment =
                new AssignmentItem(
                                PROCESS,
                                nonce,
                                HashChain.seed(PROCESS),
                                1_500_000,
                                1_735_689_600_000L + nonce,
                                message,
                                exclude)
                        .sign(SCHEDULER, new Random(nonce));
        return ScheduledEntry.of(item, assignment);
    }

    private static String text(ProcessMessage message) {
        return new String(message.toJson(), UTF_8);
    }
}
