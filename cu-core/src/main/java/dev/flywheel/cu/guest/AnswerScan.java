package dev.flywheel.cu.guest;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a guest's answer: is it JSON as {@code JSON.parse} has it, where are the members
 * that a result is made of, and can their bytes be passed on as they are. They cannot where another
 * reader could see another value than JavaScript's: bytes that are not UTF-8, a name that occurs
 * twice, a whole number that no double holds.
 *
 * <p>Members are those of the outer object ({@code ok}, {@code response}) and of the response.
 */
final class AnswerScan {
    /** Names of the members that are looked for; the first two in the outer object. */
    enum Member {
        OK(0, "ok", 1),
        RESPONSE(1, "response", 1),
        ERROR(2, "Error", 2),
        OUTPUT(3, "Output", 2),
        MESSAGES(4, "Messages", 2),
        SPAWNS(5, "Spawns", 2),
        ASSIGNMENTS(6, "Assignments", 2);

        private final int slot;
        private final String text;
        private final int depth;

        Member(int slot, String text, int depth) {
            this.slot = slot;
            this.text = text;
            this.depth = depth;
        }
    }

    private static final Member[] MEMBERS = Member.values();

    /** Whole numbers of so many digits are exact as doubles. */
    private static final int EXACT_DIGITS = 15;

    /** An exponent of more digits can lead beyond the doubles. */
    private static final int EXPONENT_DIGITS = 2;

    /** Sets of names are used again for objects of the same depth, up to here and so large. */
    private static final int KEPT_SETS_DEPTH = 64;

    private static final int KEPT_SET_NAMES = 64;

    private final byte[] text;
    private final int[] from = new int[MEMBERS.length];
    private final int[] to = new int[MEMBERS.length];

    /** The members that are open at depths 1 and 2. */
    private final @Nullable Member[] current = new @Nullable Member[3];

    private byte[] open = new byte[32];
    private @Nullable Set<Long>[] names = newNames(32);
    private int depth;
    private int at;
    private boolean plain = true;
    private boolean inResponse;
    private byte first;
    private @Nullable String mistake;

    private AnswerScan(byte[] text) {
        this.text = text;
        Arrays.fill(from, -1);
    }

    /** Scans it all. */
    static AnswerScan of(byte[] text) {
        AnswerScan scan = new AnswerScan(text);
        if (text.length >= 3
                && text[0] == (byte) 0xEF
                && text[1] == (byte) 0xBB
                && text[2] == (byte) 0xBF) {
            scan.at = 3; // decoders of the web drop a byte order mark
        }
        scan.run();
        return scan;
    }

    /** What is wrong with it, or null when it is JSON. */
    @Nullable String mistake() {
        return mistake;
    }

    /** Whether the members' bytes may be passed on. */
    boolean plain() {
        return plain;
    }

    /** The bytes of a member's value, or null when there is no such member. */
    byte @Nullable [] value(Member member) {
        int i = member.slot;
        return from[i] < 0 ? null : Arrays.copyOfRange(text, from[i], to[i]);
    }

    /** Whether the whole is an object. */
    boolean isObject() {
        return first == '{';
    }

    /** Whether the whole is the word null. */
    boolean isNull() {
        return first == 'n';
    }

    private void run() {
        space();
        first = at < text.length ? text[at] : 0;
        if (!value()) {
            return;
        }
        space();
        if (at < text.length) {
            fail("text follows the value");
        }
    }

    private boolean fail(String what) {
        if (mistake == null) {
            mistake = what + " at byte " + at;
        }
        return false;
    }

    /** One value with all that it holds, without recursion. */
    private boolean value() {
        while (true) {
            if (at >= text.length) {
                return fail(text.length == 0 ? "no text" : "the text ends inside a value");
            }
            byte kind = text[at];
            if (kind == '{' || kind == '[') {
                if (!push(kind)) {
                    return false;
                }
                space();
                if (at < text.length && text[at] == closing()) {
                    at++;
                    pop();
                } else if (kind == '[' || name()) {
                    continue;
                } else {
                    return false;
                }
            } else if (!scalar(kind)) {
                return false;
            }
            if (!next()) {
                return mistake == null;
            }
        }
    }

    /**
     * After a value: goes on to the next one in what holds it, or closes that and looks further.
     *
     * @return false when the outermost value has ended, or a mistake was found
     */
    private boolean next() {
        while (depth > 0) {
            endMember();
            space();
            if (at < text.length && text[at] == ',') {
                at++;
                space();
                return open[depth - 1] != '{' || name();
            }
            if (at >= text.length || text[at] != closing()) {
                return fail("a comma or the end of an object or array is missing");
            }
            at++;
            pop();
        }
        return false;
    }

    private byte closing() {
        return (byte) (open[depth - 1] == '{' ? '}' : ']');
    }

    private boolean push(byte kind) {
        if (depth == GuestLimits.ANSWER_DEPTH_MAX) {
            return fail("nested deeper than " + GuestLimits.ANSWER_DEPTH_MAX + " levels");
        }
        if (depth == open.length) {
            open = Arrays.copyOf(open, 2 * depth);
            names = Arrays.copyOf(names, 2 * depth);
        }
        open[depth] = kind;
        depth++;
        if (depth < current.length) {
            current[depth] = null;
        }
        at++;
        return true;
    }

    private void pop() {
        depth--;
        Set<Long> used = names[depth];
        if (used == null) {
            return;
        }
        // Clearing costs what a set has grown to: a large one must not be paid for again and again.
        if (depth >= KEPT_SETS_DEPTH || used.size() > KEPT_SET_NAMES) {
            names[depth] = null;
        } else {
            used.clear();
        }
    }

    private void endMember() {
        if (depth > 2) {
            return;
        }
        Member member = current[depth];
        if (member != null) {
            to[member.slot] = at;
            current[depth] = null;
        }
    }

    /** A member's name and the colon; its value comes next. */
    private boolean name() {
        if (at >= text.length || text[at] != '"') {
            return fail("a member's name is missing");
        }
        int start = at + 1;
        if (!string()) {
            return false;
        }
        int end = at - 1;
        noteName(start, end);
        space();
        if (at >= text.length || text[at] != ':') {
            return fail("a colon is missing");
        }
        at++;
        space();
        if (depth <= 2) {
            beginMember(start, end);
        }
        return true;
    }

    private void beginMember(int start, int end) {
        current[depth] = null;
        if (open[0] != '{' || (depth == 2 && (!inResponse || open[1] != '{'))) {
            return;
        }
        boolean response = false;
        for (Member member : MEMBERS) {
            if (member.depth == depth && is(member.text, start, end)) {
                current[depth] = member;
                from[member.slot] = at;
                response = member == Member.RESPONSE;
            }
        }
        if (depth == 1) {
            inResponse = response;
        }
    }

    private boolean is(String name, int start, int end) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (text[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Notes a name of the innermost object by its hash. Two of the same hash, and names with
     * escapes, which can be equal to others, are left to the slower reader.
     */
    private void noteName(int start, int end) {
        long hash = 0xcbf29ce484222325L;
        for (int i = start; i < end; i++) {
            if (text[i] == '\\') {
                plain = false;
            }
            hash = (hash ^ text[i]) * 0x100000001b3L;
        }
        Set<Long> used = names[depth - 1];
        if (used == null) {
            used = new HashSet<>();
            names[depth - 1] = used;
        }
        if (!used.add(hash)) {
            plain = false;
        }
    }

    private boolean scalar(byte kind) {
        return switch (kind) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean word(String word) {
        if (text.length - at < word.length() || !is(word, at, at + word.length())) {
            return fail("no JSON value");
        }
        at += word.length();
        return true;
    }

    private boolean number() {
        int start = at;
        if (text[at] == '-') {
            at++;
        }
        int whole = digits();
        if (whole == 0) {
            at = start;
            return fail("no JSON value");
        }
        if (whole > 1 && text[at - whole] == '0') {
            return fail("a number begins with 0");
        }
        boolean integer = true;
        if (at < text.length && text[at] == '.') {
            at++;
            integer = false;
            if (digits() == 0) {
                return fail("a number has no digits after its point");
            }
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            integer = false;
            if (at < text.length && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            int exponent = digits();
            if (exponent == 0) {
                return fail("a number has no digits in its exponent");
            }
            plain &= exponent <= EXPONENT_DIGITS && whole <= EXACT_DIGITS;
        }
        plain &= !(integer ? whole > EXACT_DIGITS : whole > 300);
        return true;
    }

    private int digits() {
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at - start;
    }

    private boolean string() {
        at++;
        while (at < text.length) {
            byte b = text[at];
            if (b == '"') {
                at++;
                return true;
            }
            if (b >= 0x20 && b != '\\') {
                at++;
            } else if (b < 0) {
                at = utf8(at);
            } else if (b == '\\') {
                if (!escape()) {
                    return false;
                }
            } else {
                return fail("a control character in a string");
            }
        }
        return fail("the text ends inside a string");
    }

    private boolean escape() {
        at++;
        int letter = at < text.length ? text[at] : 0;
        if (letter == 'u') {
            for (int i = 1; i <= 4; i++) {
                if (at + i >= text.length || Character.digit(text[at + i], 16) < 0) {
                    return fail("an escape without four hexadecimal digits");
                }
            }
            at += 5;
            return true;
        }
        if (letter == 0 || "\"\\/bfnrt".indexOf(letter) < 0) {
            return fail("an unknown escape");
        }
        at++;
        return true;
    }

    /** Skips one character beyond ASCII; one byte, and not plain, where it is not UTF-8. */
    private int utf8(int i) {
        int lead = text[i] & 0xFF;
        int count = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        int second = i + 1 < text.length ? text[i + 1] & 0xFF : 0;
        boolean good = lead >= 0xC2 && lead <= 0xF4 && i + count < text.length;
        good &= lead != 0xE0 || second >= 0xA0;
        good &= lead != 0xED || second <= 0x9F;
        good &= lead != 0xF0 || second >= 0x90;
        good &= lead != 0xF4 || second <= 0x8F;
        for (int k = 1; good && k <= count; k++) {
            good = (text[i + k] & 0xC0) == 0x80;
        }
        plain &= good;
        return good ? i + count + 1 : i + 1;
    }

    private void space() {
        while (at < text.length
                && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable Set<Long>[] newNames(int count) {
        return new Set[count];
    }
}
