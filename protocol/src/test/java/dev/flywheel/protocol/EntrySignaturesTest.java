package dev.flywheel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.protocol.EntrySignatures.ForgedException;
import dev.flywheel.protocol.EntrySignatures.Proof;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntrySignaturesTest {
    private static final Id PROCESS = Id.sha256("process".getBytes(UTF_8));
    private static final Tags TAGS = Tags.of(List.of(new Tag("Action", "Eval")));

    private final EntrySignatures signatures = new EntrySignatures();

    /** Entries that a real node posted to a compute unit. */
    static List<String> pages() {
        try (InputStream in =
                EntrySignaturesTest.class.getResourceAsStream(
                        "/golden/entries/hyperbeam-pages.jsonl")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Signer> signers() {
        return TestKeys.oneOfEachType();
    }

    private static ScheduledEntry first(String page) throws MalformedJsonException {
        return HyperBeamPage.parse(page.getBytes(UTF_8)).entries().getFirst();
    }

    private static byte[] anchor(int seed) {
        byte[] anchor = new byte[32];
        new Random(seed).nextBytes(anchor);
        return anchor;
    }

    private static DataItem assignment(DataItem message) {
        return new AssignmentItem(
                        PROCESS,
                        1,
                        Id.sha256("chain".getBytes(UTF_8)),
                        1_500_000,
                        1_700_000_000_000L,
                        message.id())
                .sign(Golden.arweaveKey("rsa4096-b"), anchor(1));
    }

    private static DataItem message(Signer signer, byte[] data) {
        return new ItemBuilder().target(PROCESS).tags(TAGS).data(data).sign(signer);
    }

    private static ScheduledEntry changed(
            ScheduledEntry entry, UnaryOperator<ScheduledEntry.MessagePart> change)
            throws MalformedJsonException {
        return new ScheduledEntry(
                change.apply(Objects.requireNonNull(entry.message())), entry.assignment());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldProveTheContentOfWhatARealNodePosts(String page) throws Exception {
        assertThat(signatures.check(first(page))).isEqualTo(Proof.CONTENT);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldRefuseANodesEntryThatWasChanged(String page) throws Exception {
        ScheduledEntry entry = first(page);
        Id other = Id.sha256("other".getBytes(UTF_8));
        List<UnaryOperator<ScheduledEntry.MessagePart>> changes =
                List.of(
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        part.owner(),
                                        part.data() + "x",
                                        part.tags(),
                                        part.signature(),
                                        part.anchor(),
                                        part.target()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        part.owner(),
                                        part.data(),
                                        part.tags().with("X", "y"),
                                        part.signature(),
                                        part.anchor(),
                                        part.target()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        part.owner(),
                                        part.data(),
                                        part.tags(),
                                        part.signature(),
                                        part.anchor(),
                                        other.toString()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        other.toString(),
                                        part.owner(),
                                        part.data(),
                                        part.tags(),
                                        part.signature(),
                                        part.anchor(),
                                        part.target()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        new Owner(other.toString(), part.owner().key()),
                                        part.data(),
                                        part.tags(),
                                        part.signature(),
                                        part.anchor(),
                                        part.target()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        part.owner(),
                                        part.data(),
                                        part.tags(),
                                        "AAAA"
                                                + Objects.requireNonNull(part.signature())
                                                        .substring(4),
                                        part.anchor(),
                                        part.target()),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        part.owner(),
                                        part.data(),
                                        part.tags(),
                                        "no base64url!",
                                        part.anchor(),
                                        part.target()));
        for (UnaryOperator<ScheduledEntry.MessagePart> change : changes) {
            assertThatThrownBy(() -> signatures.check(changed(entry, change)))
                    .isInstanceOf(ForgedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("signers")
    void shouldProveTheContentOfASchedulerUnitsMessageOfAnyKey(Signer signer) throws Exception {
        DataItem message =
                new ItemBuilder()
                        .target(PROCESS)
                        .anchor("0123456789abcdef0123456789abcdef".getBytes(UTF_8))
                        .tags(TAGS)
                        .data("1+1".getBytes(UTF_8))
                        .sign(signer);
        ScheduledEntry entry = ScheduledEntry.of(message, assignment(message));
        assertThat(signatures.check(ScheduledEntry.parse(entry.toJson()))).isEqualTo(Proof.CONTENT);
        assertThatThrownBy(
                        () ->
                                signatures.check(
                                        changed(
                                                entry,
                                                part ->
                                                        new ScheduledEntry.MessagePart(
                                                                part.id(),
                                                                part.owner(),
                                                                "os.exit()",
                                                                part.tags(),
                                                                part.signature(),
                                                                part.anchor(),
                                                                part.target()))))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("not over this data");
    }

    @Test
    void shouldSayThatWhatWasLostOnTheWayIsNotProved() throws Exception {
        DataItem binary =
                message(Golden.arweaveKey("rsa4096-a"), new byte[] {(byte) 0xFF, 0, (byte) 0xFE});
        ScheduledEntry entry = ScheduledEntry.of(binary, assignment(binary));
        assertThat(signatures.check(entry)).isEqualTo(Proof.SIGNER);
        // An anchor that is no text is not served.
        DataItem anchored =
                new ItemBuilder()
                        .target(PROCESS)
                        .anchor(anchor(2))
                        .tags(TAGS)
                        .data("1".getBytes(UTF_8))
                        .sign(Golden.arweaveKey("rsa4096-a"));
        assertThat(signatures.check(ScheduledEntry.of(anchored, assignment(anchored))))
                .isEqualTo(Proof.SIGNER);
    }

    @Test
    void shouldRefuseASignatureOfNobody() {
        DataItem binary = message(Golden.arweaveKey("rsa4096-a"), new byte[] {(byte) 0xFF});
        byte[] made = anchor(3);
        byte[] signature = new byte[512];
        System.arraycopy(made, 0, signature, 480, 32);
        assertThatThrownBy(
                        () ->
                                signatures.check(
                                        changed(
                                                ScheduledEntry.of(binary, assignment(binary)),
                                                part ->
                                                        new ScheduledEntry.MessagePart(
                                                                Id.sha256(signature).toString(),
                                                                part.owner(),
                                                                part.data(),
                                                                part.tags(),
                                                                Base64Url.encode(signature),
                                                                part.anchor(),
                                                                part.target()))))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("not one of its key");
    }

    @Test
    void shouldRefuseAnAssignmentThatWasChanged() throws Exception {
        DataItem message = message(Golden.arweaveKey("rsa4096-a"), "1".getBytes(UTF_8));
        DataItem assignment =
                new AssignmentItem(
                                PROCESS,
                                1,
                                Id.sha256("chain".getBytes(UTF_8)),
                                1_500_000,
                                1_700_000_000_000L,
                                message.id())
                        .sign(
                                Golden.arweaveKey("rsa4096-b"),
                                "0123456789abcdef0123456789abcdef".getBytes(UTF_8));
        ScheduledEntry entry = ScheduledEntry.of(message, assignment);
        assertThat(signatures.check(entry)).isEqualTo(Proof.CONTENT);
        ScheduledEntry.AssignmentPart part = entry.assignment();
        ScheduledEntry later =
                new ScheduledEntry(
                        entry.message(),
                        new ScheduledEntry.AssignmentPart(
                                part.id(),
                                part.owner(),
                                part.tags().without("Timestamp").with("Timestamp", "1800000000000"),
                                part.signature(),
                                part.anchor()));
        assertThatThrownBy(() -> signatures.check(later))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("assignment " + part.id());
    }

    @Test
    void shouldTellAnHttpMessagesSignatureFromAnItems() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(4096);
        KeyPair pair = generator.generateKeyPair();
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
        pss.initSign(pair.getPrivate());
        pss.update("\"action\": Eval".getBytes(UTF_8));
        byte[] signature = pss.sign();
        BigInteger modulus = ((RSAPublicKey) pair.getPublic()).getModulus();
        byte[] key = RsaPss.toBytes(modulus, 512);
        DataItem any = message(Golden.arweaveKey("rsa4096-a"), "1".getBytes(UTF_8));
        ScheduledEntry entry =
                changed(
                        ScheduledEntry.of(any, assignment(any)),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(), // made of several signatures
                                        new Owner(Id.sha256(key).toString(), Base64Url.encode(key)),
                                        part.data(),
                                        part.tags(),
                                        Base64Url.encode(signature),
                                        part.anchor(),
                                        part.target()));
        assertThat(signatures.check(entry)).isEqualTo(Proof.SIGNER);
    }

    @Test
    void shouldSayThatNothingIsProvedWithoutASignature() throws Exception {
        DataItem message = message(Golden.arweaveKey("rsa4096-a"), "1".getBytes(UTF_8));
        ScheduledEntry bare =
                changed(
                        ScheduledEntry.of(message, assignment(message)),
                        part ->
                                new ScheduledEntry.MessagePart(
                                        part.id(),
                                        new Owner(part.owner().address(), null),
                                        part.data(),
                                        part.tags(),
                                        null,
                                        part.anchor(),
                                        part.target()));
        assertThat(signatures.check(bare)).isEqualTo(Proof.NONE);
    }

    @Test
    void shouldProveAProcessByItsRecord() throws Exception {
        DataItem process =
                new ItemBuilder()
                        .tags(Tags.of(List.of(new Tag("Type", "Process"))))
                        .data("1984".getBytes(UTF_8))
                        .anchor("0123456789abcdef0123456789abcdef".getBytes(UTF_8))
                        .sign(Golden.arweaveKey("rsa4096-a"));
        ProcessRecord record = ProcessRecord.of(process, 1_500_000, 1);
        assertThat(signatures.check(record)).isEqualTo(Proof.CONTENT);
        ProcessRecord ofOther =
                new ProcessRecord(
                        PROCESS,
                        record.blockHeight(),
                        record.owner(),
                        record.tags(),
                        record.timestamp(),
                        record.data(),
                        record.anchor(),
                        record.signature(),
                        record.target());
        assertThatThrownBy(() -> signatures.check(ofOther)).isInstanceOf(ForgedException.class);
    }
}
