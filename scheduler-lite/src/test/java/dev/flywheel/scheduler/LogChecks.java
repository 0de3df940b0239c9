package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Base64Url;
import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.HashChain;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ItemBuilder;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.SignatureType;
import dev.flywheel.protocol.Signer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What must hold for every log. */
final class LogChecks {
    private LogChecks() {}

    /** Dense nonces from 0, rising timestamps, one chain from the seed, no message twice. */
    static void assertWhole(Id process, List<ScheduledEntry> log) {
        Id chain = HashChain.seed(process);
        long timestamp = 0;
        Set<String> messages = new HashSet<>();
        for (int i = 0; i < log.size(); i++) {
            ScheduledEntry entry = log.get(i);
            assertThat(entry.nonce()).as("nonce of entry " + i).isEqualTo(i);
            assertThat(entry.processId()).isEqualTo(process);
            assertThat(entry.hashChain()).as("chain of entry " + i).isEqualTo(chain.toString());
            assertThat(entry.timestamp()).as("timestamp of entry " + i).isGreaterThan(timestamp);
            assertThat(messages.add(entry.messageId())).as("message of entry " + i).isTrue();
            timestamp = entry.timestamp();
            chain = HashChain.next(Id.parse(entry.assignment().id()), chain);
        }
    }

    /** The item of an assignment that was served with its anchor. */
    static DataItem assignment(JsonNode served) {
        ItemBuilder builder = new ItemBuilder();
        for (JsonNode tag : served.path("tags")) {
            builder.tag(tag.path("name").asString(), tag.path("value").asString());
        }
        byte[] anchor = Base64Url.decode(served.path("anchor").asString());
        byte[] owner = Base64Url.decode(served.path("owner").path("key").asString());
        byte[] signature = Base64Url.decode(served.path("signature").asString());
        return builder.anchor(anchor)
                .sign(
                        new Signer() {
                            @Override
                            public SignatureType type() {
                                return SignatureType.ARWEAVE;
                            }

                            @Override
                            public byte[] owner() {
                                return owner;
                            }

                            @Override
                            public byte[] sign(byte[] deepHash) {
                                return signature;
                            }
                        });
    }
}
