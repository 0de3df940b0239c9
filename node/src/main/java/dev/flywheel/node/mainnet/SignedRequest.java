package dev.flywheel.node.mainnet;

import dev.flywheel.protocol.DataItem;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tags;
import org.jspecify.annotations.Nullable;

/** What a client signed, verified. */
sealed interface SignedRequest permits SignedRequest.OfItem, HttpSigned {
    /** Who signed, as processes see it. */
    String signer();

    /** The process it is for; null where it names none. */
    @Nullable Id target();

    Tags tags();

    /** The data as text, with replacement characters where it is not UTF-8. */
    String data();

    /** Its id as far as the client can know it. */
    Id id();

    /** The item that goes to the messenger. */
    DataItem item();

    /** A data item as the body. */
    record OfItem(DataItem item) implements SignedRequest {
        @Override
        public String signer() {
            return item.ownerAoAddress();
        }

        @Override
        public @Nullable Id target() {
            return item.target();
        }

        @Override
        public Tags tags() {
            return item.tags();
        }

        @Override
        public String data() {
            return item.dataText();
        }

        @Override
        public Id id() {
            return item.id();
        }
    }
}
