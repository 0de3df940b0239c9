package dev.flywheel.node.mainnet;

import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpLimits;

/** What a client may make the front hold or wait for. Each bound has its reason beside it. */
final class MainnetLimits {
    /**
     * Requests in flight. Each that waits holds a connection to a unit, so this bounds descriptors:
     * two for each, with the usual limit of a process at 4,096 or more.
     */
    static final int REQUESTS_MAX = 1_000;

    /** Dry runs under way, of all callers: each takes a fork of a process. */
    static final int DRY_RUNS_MAX = 500;

    /**
     * Tags in the path of a dry run. An item carries at most 128 by its format's own rule, and a
     * path of 32 KiB has room for thousands of empty ones.
     */
    static final int PATH_TAGS_MAX = 128;

    /** Digits of a slot that fit a long. */
    static final int SLOT_DIGITS_MAX = 18;

    /** Characters of a client's text that an error repeats: an id has 43. */
    static final int QUOTED_CHARS_MAX = 64;

    /**
     * Longest wait for a unit's answer. The compute unit gives up after ten minutes and says why;
     * half a minute more lets its words arrive.
     */
    private static final int ANSWER_MS = 630_000;

    /** The units run beside it. */
    private static final int CONNECT_MS = 5_000;

    /** Above the 100 MB that a guest may answer, which JSON can make longer. */
    private static final long ANSWER_BYTES_MAX = 256L * 1024 * 1024;

    private MainnetLimits() {}

    static HttpLimits ofServer() {
        return new HttpLimits(HttpLimits.ITEM_BODY_BYTES_MAX, REQUESTS_MAX, HttpLimits.IDLE_MS);
    }

    static HttpCallLimits ofCalls() {
        return new HttpCallLimits(CONNECT_MS, ANSWER_MS, ANSWER_BYTES_MAX);
    }

    /** A client's text for an error: no longer than anybody reads. */
    static String cut(String text) {
        return text.length() <= QUOTED_CHARS_MAX
                ? text
                : text.substring(0, QUOTED_CHARS_MAX) + "...";
    }
}
