package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads dictionaries of structured fields (RFC 8941): what signatures, their inputs and digests are
 * written as. Values stay as they are written; who needs one decodes it. One thread.
 */
final class StructuredField {
    /** A member without a value. */
    private static final String TRUE = "?1";

    private final String name;
    private final String text;
    private int at;

    /**
     * A member of a dictionary.
     *
     * @param value the item as written; of an inner list, nothing
     * @param items the items of an inner list as written
     * @param isList whether it is an inner list
     * @param parameters in the order of the wire, values as written
     */
    record Member(
            String value, List<String> items, boolean isList, Map<String, String> parameters) {}

    private StructuredField(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * The members by name; the last of a name counts, as the RFC says.
     *
     * @param name of the field, for errors
     * @throws HttpSignatureException if the text is no dictionary
     */
    static Map<String, Member> dictionary(String name, String text) throws HttpSignatureException {
        return new StructuredField(name, text).members();
    }

    private Map<String, Member> members() throws HttpSignatureException {
        Map<String, Member> members = new LinkedHashMap<>();
        skipSpace();
        while (at < text.length()) {
            String key = key();
            Member member = take('=') ? member() : parametersOf(TRUE, List.of(), false);
            members.remove(key);
            members.put(key, member);
            if (members.size() > ProtocolLimits.HTTP_SIGNATURES_MAX) {
                throw wrong("it has more than " + ProtocolLimits.HTTP_SIGNATURES_MAX + " members");
            }
            skipSpace();
            if (at < text.length()) {
                require(',');
                skipSpace();
                if (at == text.length()) {
                    throw wrong("it ends with a comma");
                }
            }
        }
        return members;
    }

    private Member member() throws HttpSignatureException {
        if (!take('(')) {
            return parametersOf(item(), List.of(), false);
        }
        List<String> items = new ArrayList<>();
        skipSpace();
        while (!take(')')) {
            String item = item();
            if (at < text.length() && text.charAt(at) == ';') {
                throw wrong("parameters of " + item + " are not supported");
            }
            items.add(item);
            if (items.size() > ProtocolLimits.HTTP_COMPONENTS_MAX) {
                throw wrong(
                        "a list has more than " + ProtocolLimits.HTTP_COMPONENTS_MAX + " items");
            }
            if (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != ')') {
                throw wrong("items of a list are separated by spaces");
            }
            skipSpace();
        }
        return parametersOf("", items, true);
    }

    private Member parametersOf(String value, List<String> items, boolean isList)
            throws HttpSignatureException {
        Map<String, String> parameters = new LinkedHashMap<>();
        while (take(';')) {
            skipSpace();
            String key = key();
            if (parameters.put(key, take('=') ? item() : TRUE) != null) {
                throw wrong("parameter " + key + " comes twice");
            }
        }
        return new Member(value, items, isList, parameters);
    }

    private String key() throws HttpSignatureException {
        int start = at;
        while (at < text.length() && isKeyCharacter(text.charAt(at))) {
            at++;
        }
        if (start == at || Character.isDigit(text.charAt(start))) {
            throw wrong("a key is expected");
        }
        return text.substring(start, at);
    }

    private static boolean isKeyCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "_-.*".indexOf(c) >= 0;
    }

    /** A string, a byte sequence, or what has no delimiters: a token, a number, a boolean. */
    private String item() throws HttpSignatureException {
        int start = at;
        if (at == text.length()) {
            throw wrong("an item is expected");
        }
        char first = text.charAt(at);
        if (first == '"') {
            at++;
            while (!take('"')) {
                if (text.startsWith("\\", at)) {
                    at++;
                }
                next();
            }
        } else if (first == ':') {
            at++;
            while (!take(':')) {
                next();
            }
        } else {
            while (at < text.length() && " \t,;)(=\"\\".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (start == at) {
                throw wrong("an item is expected");
            }
        }
        return text.substring(start, at);
    }

    private void next() throws HttpSignatureException {
        if (at >= text.length()) {
            throw wrong("it ends within an item");
        }
        char c = text.charAt(at++);
        if (c < 0x20 || c > 0x7E) {
            throw wrong("it holds a character that is not printable ASCII");
        }
    }

    private boolean take(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void require(char wanted) throws HttpSignatureException {
        if (!take(wanted)) {
            throw wrong("'" + wanted + "' is expected");
        }
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private HttpSignatureException wrong(String what) {
        return new HttpSignatureException(
                "header %s is not well-formed: %s at character %d".formatted(name, what, at));
    }

    /** The text of a string as written; null when it is none. */
    static @Nullable String string(String written) {
        return written.length() < 2 || written.charAt(0) != '"'
                ? null
                : written.substring(1, written.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    /**
     * The bytes of a byte sequence as written, in base64 or base64url; null when it is none, or
     * when other text stands for the same bytes.
     */
    static byte @Nullable [] bytes(String written) {
        return written.length() < 2 || written.charAt(0) != ':'
                ? null
                : base64(written.substring(1, written.length() - 1));
    }

    /** The bytes of base64 or base64url, padded or not; null as {@link #bytes}. */
    static byte @Nullable [] base64(String text) {
        String url = text.replace('+', '-').replace('/', '_').replaceFirst("={1,2}$", "");
        try {
            byte[] bytes = Base64Url.decode(url);
            return Base64Url.encode(bytes).equals(url) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
