package dev.flywheel.messenger;

import org.jspecify.annotations.Nullable;

/**
 * One piece of work that the outbox remembers until it is done.
 *
 * <pre>
 * kind     state    what is done                       then
 * -------  -------  ---------------------------------  ------------------------------------------
 * MESSAGE  SEND     item to its target's scheduler     acknowledged, or known there: RESULT, and
 *                                                      ASSIGN tasks where its outbox named any
 * MESSAGE  SEND     target is a wallet: item to the    end
 *                   gateway
 * PROCESS  SEND     item to its scheduler              RESULT, and the "Spawned" MESSAGE to the
 *                                                      spawner, and an ASSIGN task where the item
 *                                                      has a target
 * ASSIGN   SEND     assignment asked of the scheduler  RESULT of the assignment's id
 * any      RESULT   result asked of the compute unit   EXPAND in the same go
 * any      EXPAND   outbox entries from "expanded" on  end when none is left
 *                   become signed SEND tasks, some in
 *                   each transaction
 * CRON     EXPAND   as above, the result is the body   end
 *
 * a unit does not answer   same state, later           given up at a certain age
 * a unit refuses           same state, later           given up after some refusals
 * an entry cannot be sent  left out, counted, traced
 * </pre>
 *
 * <p>An item is signed once, and recorded before it is sent; a crash may send it twice, under one
 * id, which the scheduler takes once. The state EXPAND is written only for CRON: a result can be
 * asked for again, and says the same.
 *
 * @param seq number in the store; older tasks have lower ones
 * @param kind what it delivers
 * @param state what is to be done next
 * @param itemId id of the item; of the assigned message for ASSIGN; a name for CRON
 * @param process whose scheduler it goes to, and whose result is followed
 * @param resultId what the result is asked by: the item's id, or the assignment's
 * @param body the signed item, or the result's JSON for CRON; null once it is not needed
 * @param notice the signed message that tells the spawner, or null
 * @param extra processes to assign the message to, apart by spaces; query parameters of ASSIGN
 * @param root what {@code Pushed-For} names, or null
 * @param chain what all descendants are counted under
 * @param depth number of pushes before this one in the chain
 * @param expanded entries of its outbox that are tasks already
 * @param refusals answers that were refusals
 * @param attempts tries that failed
 * @param bornMs when it was recorded
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record Task(
        long seq,
        Kind kind,
        State state,
        String itemId,
        String process,
        @Nullable String resultId,
        byte @Nullable [] body,
        byte @Nullable [] notice,
        String extra,
        @Nullable String root,
        String chain,
        int depth,
        int expanded,
        int refusals,
        int attempts,
        long bornMs) {

    /** What a task delivers. */
    enum Kind {
        MESSAGE,
        PROCESS,
        ASSIGN,
        CRON
    }

    /** What is to be done next. */
    enum State {
        SEND,
        RESULT,
        EXPAND
    }

    /** What the result is asked by. */
    String resultKey() {
        return resultId == null ? itemId : resultId;
    }

    /** Whether it is a step of a chain, rather than what a client sent. */
    boolean isPushed() {
        return depth > 0;
    }
}
