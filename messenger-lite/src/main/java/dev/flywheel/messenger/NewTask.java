package dev.flywheel.messenger;

import dev.flywheel.messenger.Task.Kind;
import dev.flywheel.messenger.Task.State;
import dev.flywheel.protocol.DataItem;
import org.jspecify.annotations.Nullable;

/**
 * A task before it is recorded; members as in {@link Task}.
 *
 * @param dueMs when it may start
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record NewTask(
        Kind kind,
        State state,
        String itemId,
        String process,
        byte @Nullable [] body,
        byte @Nullable [] notice,
        String extra,
        @Nullable String root,
        String chain,
        int depth,
        long dueMs) {

    /** What a client sent: the root of its chain. */
    static NewTask ofClient(Kind kind, DataItem item, String process, long nowMs) {
        String id = item.id().toString();
        // A process with a target is assigned to it (spec 6.5).
        String assignTo =
                kind == Kind.PROCESS && item.target() != null ? item.target().toString() : "";
        return new NewTask(
                kind, State.SEND, id, process, item.bytes(), null, assignTo, id, id, 0, nowMs);
    }

    /** The assignment of an item to a process, not part of anybody's {@code Pushed-For}. */
    static NewTask assignment(
            String message, String process, String query, Task parent, long dueMs) {
        return new NewTask(
                Kind.ASSIGN,
                State.SEND,
                message,
                process,
                null,
                null,
                query,
                null,
                parent.chain(),
                parent.depth() + 1,
                dueMs);
    }

    /** A signed item that follows from another task. */
    static NewTask pushed(Kind kind, DataItem item, String process, Task parent) {
        return new NewTask(
                kind,
                State.SEND,
                item.id().toString(),
                process,
                item.bytes(),
                null,
                "",
                parent.root(),
                parent.chain(),
                parent.depth() + 1,
                0);
    }

    NewTask withExtra(String text) {
        return new NewTask(
                kind, state, itemId, process, body, notice, text, root, chain, depth, dueMs);
    }

    NewTask withNotice(byte[] item) {
        return new NewTask(
                kind, state, itemId, process, body, item, extra, root, chain, depth, dueMs);
    }

    NewTask withDueMs(long ms) {
        return new NewTask(
                kind, state, itemId, process, body, notice, extra, root, chain, depth, ms);
    }
}
