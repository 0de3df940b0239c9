package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HyperBeamPageTest {
    private static final String PROCESS = Id.sha256("process".getBytes(UTF_8)).toString();
    private static final String MESSAGE = Id.sha256("message".getBytes(UTF_8)).toString();
    private static final String ASSIGNMENT = Id.sha256("assignment".getBytes(UTF_8)).toString();

    private static String page(String assignmentTags, String message) {
        return "{\"edges\":[{\"cursor\":7,\"node\":{\"assignment\":{\"Anchor\":\"\",\"Data\":\"\",\"Id\":\""
                + ASSIGNMENT
                + "\",\"Owner\":\"\",\"PublicKey\":\"\",\"Signature\":\"\",\"Tags\":["
                + "{\"name\":\"Process\",\"value\":\""
                + PROCESS
                + "\"},{\"name\":\"Slot\",\"value\":\"7\"},{\"name\":\"Timestamp\",\"value\":\"1795456179509\"},"
                + "{\"name\":\"Hash-Chain\",\"value\":\"o5vd8dx2gdDW034wAkrIKmiUAX--gIK-konDFOjGuK4\"}"
                + assignmentTags
                + "]},\"message\":"
                + message
                + "}}],\"page_info\":{\"has_next_page\":\"true\",\"timestamp\":\"12\",\"block-height\":\"x\"}}";
    }

    private static String message(String tags) {
        return "{\"Id\":\""
                + MESSAGE
                + "\",\"Owner\":\"fiLSeIp1ZKHIEDjd0frhWCE18EO1Kwhc28tXBrMXIZk\",\"PublicKey\":\"ab+/cd==\",\"Signature\":\"sig\","
                + "\"Anchor\":\"\",\"Target\":\"\",\"Data\":\"1984\",\"Tags\":["
                + tags
                + "]}";
    }

    private static HyperBeamPage parse(String json) throws MalformedJsonException {
        return HyperBeamPage.parse(json.getBytes(UTF_8));
    }

    @Test
    void shouldReadAnEntryInTheFormOfSchedulerUnits() throws Exception {
        HyperBeamPage page = parse(page("", message("{\"name\":\"A\",\"value\":\"b\"}")));
        assertThat(page.hasNextPage()).isTrue();
        assertThat(page.timestamp()).isEqualTo(12);
        assertThat(page.blockHeight()).isZero();
        ScheduledEntry entry = page.entries().getFirst();
        assertThat(entry.nonce()).isEqualTo(7);
        assertThat(entry.processId().toString()).isEqualTo(PROCESS);
        assertThat(entry.messageId()).isEqualTo(MESSAGE);
        assertThat(entry.assignment().id()).isEqualTo(ASSIGNMENT);
        assertThat(entry.assignment().anchor()).isNull();
        assertThat(entry.message()).isNotNull();
        assertThat(HyperBeamPage.isOfNode(entry)).isTrue();
        assertThat(HyperBeamPage.isSkipped(entry)).isFalse();
    }

    @Test
    void shouldReadAPageThatIsAStringHoldingJson() throws Exception {
        String page = page("", message(""));
        assertThat(parse(new JsonText().string(page).toString())).isEqualTo(parse(page));
    }

    @Test
    void shouldTakeTagsThatAreNoTextAsTheirJson() throws Exception {
        String tags =
                "{\"name\":\"List\",\"value\":[1,{\"a\":2}]},{\"name\":\"Number\",\"value\":4,\"commitments\":{}},"
                        + "{\"name\":\"Nothing\",\"value\":null},{\"value\":\"nameless\"}";
        ScheduledEntry.MessagePart part =
                Objects.requireNonNull(
                        parse(page("", message(tags))).entries().getFirst().message());
        assertThat(part.tags())
                .isEqualTo(Tags.ofPairs("List", "[1,{\"a\":2}]", "Number", "4", "Nothing", ""));
        assertThat(part.owner().key()).isEqualTo("ab-_cd");
        assertThat(part.anchor()).isNull();
    }

    @Test
    void shouldKnowEntriesThatTheNodeSkips() throws Exception {
        String skip =
                ",{\"name\":\"Skip\",\"value\":\"true\"},{\"name\":\"Original-Assignment-Id\",\"value\":\""
                        + PROCESS
                        + "\"}";
        ScheduledEntry entry = parse(page(skip, message(""))).entries().getFirst();
        assertThat(HyperBeamPage.isSkipped(entry)).isTrue();
        assertThat(entry.assignment().id()).isEqualTo(PROCESS);
    }

    @Test
    void shouldTakeAMessageWithoutContentForAnAssignedItem() throws Exception {
        ScheduledEntry entry =
                parse(page("", "{\"Id\":\"" + MESSAGE + "\",\"Tags\":[],\"Data\":\"\"}"))
                        .entries()
                        .getFirst();
        assertThat(entry.message()).isNull();
        assertThat(entry.messageId()).isEqualTo(MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "\"text\"",
                "\"\\\"twice\\\"\"",
                "[]",
                "{}",
                "{\"edges\":{}}",
                "{\"edges\":[{}]}",
                "{\"edges\":[{\"node\":{\"assignment\":{\"Tags\":[]},\"message\":{}}}]}",
            })
    void shouldRefuseWhatIsNoPage(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void shouldRefuseMoreEntriesThanAPageMayHave() {
        String many = "{\"edges\":[" + "0,".repeat(ProtocolLimits.PAGE_ENTRIES_MAX) + "0]}";
        assertThatThrownBy(() -> parse(many))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageContaining("at most " + ProtocolLimits.PAGE_ENTRIES_MAX);
    }

    /** Of a node's first message, as recorded on 23 November 2026. */
    @Test
    void shouldChainMessagesAsANodeDoes() {
        assertThat(
                        HashChain.nextOfNode(null, "ohO_uhn0_XOGBUGVLwZkAI_xYUk1NLX7gbtd25Z4zcs")
                                .toString())
                .isEqualTo("o5vd8dx2gdDW034wAkrIKmiUAX--gIK-konDFOjGuK4");
        String first = HashChain.nextOfNode(null, MESSAGE).toString();
        String second = HashChain.nextOfNode(Id.parse(first), ASSIGNMENT).toString();
        assertThat(HashChain.followsOfNode(true, null, MESSAGE, first)).isTrue();
        assertThat(HashChain.followsOfNode(false, first, ASSIGNMENT, second)).isTrue();
        assertThat(HashChain.followsOfNode(false, first, MESSAGE, second)).isFalse();
        assertThat(HashChain.followsOfNode(false, "no id", ASSIGNMENT, second)).isFalse();
        assertThat(HashChain.followsOfNode(false, first, ASSIGNMENT, "")).isFalse();
        assertThat(HashChain.followsOfNode(false, first, ASSIGNMENT, null)).isFalse();
    }
}
