package dev.flywheel.cu.guest.differential;

/** Strings: formats, packing, patterns, UTF-8, numbers as text. */
final class TextStatements {
    private static final String[] PATTERN_ITEMS = {
        ".", "%a", "%d", "%s", "%w", "%p", "%x", "%u", "%l", "%c", "%g", "%S", "%W", "a", "b", "e",
        "=", "%%", "%.", "[abc]", "[^abc]", "[a-f%d]", "[%w_]", "[]]", "[^]]", "[a-]", "[%a-z]",
        "%z", "x", ",", " "
    };
    private static final String[] PATTERN_ODDITIES = {
        "%b()", "%f[%w]", "%1", "%2", "()", "[", "[a", "%", "(", ")", "%b", "%f", "%9", "^", "$",
        "-"
    };

    private final Draw draw;
    private final Literals literals;

    TextStatements(Draw draw, Literals literals) {
        this.draw = draw;
        this.literals = literals;
    }

    String statement() {
        return switch (draw.below(14)) {
            case 0, 1 -> format();
            case 2 -> pack();
            case 3 -> unpack();
            case 4, 5 -> pattern();
            case 6 -> substitute();
            case 7 -> utf8();
            case 8 -> method();
            case 9 -> number();
            case 10 -> arithmetic();
            case 11 -> mathLibrary();
            case 12 ->
                    "p(load, " + Literals.quote(draw.of("return ", "", "x = ") + mangled()) + ")";
            default -> compare();
        };
    }

    private String format() {
        StringBuilder format = new StringBuilder();
        int count = draw.between(1, 3);
        for (int i = 0; i < count; i++) {
            format.append(draw.of("", " ", "<", "x=")).append('%');
            for (int flags = draw.below(3); flags > 0; flags--) {
                format.append(draw.of("-", "+", " ", "#", "0"));
            }
            format.append(draw.percent(40) ? draw.below(25) : "");
            format.append(draw.percent(40) ? "." + draw.below(25) : "");
            format.append(
                    draw.of(
                            "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "F", "g", "G", "a",
                            "A", "s", "q", "%", "p", "k", ""));
        }
        String value = draw.percent(70) ? literals.number() : literals.any();
        return "p(string.format, "
                + Literals.quote(format.toString())
                + ", "
                + value
                + ", "
                + literals.values(draw.below(3) + 1)
                + ")";
    }

    private String packFormat() {
        StringBuilder format = new StringBuilder(draw.of("", "<", ">", "=", "!", "!4", "!16"));
        int count = draw.between(1, 5);
        for (int i = 0; i < count; i++) {
            format.append(draw.of("", "", " ", "<", ">"));
            format.append(
                    draw.of(
                            "b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "T", "f", "d", "n",
                            "s", "s1", "s2", "s4", "z", "x", "X", "Xi4", "c3", "c0", "i3", "I7",
                            "i16", "I16", "i17", "i0", "c", "y"));
        }
        return Literals.quote(format.toString());
    }

    private String pack() {
        return draw.percent(20)
                ? "p(string.packsize, " + packFormat() + ")"
                : "p(function(...) return hex(string.pack(...)) end, "
                        + packFormat()
                        + ", "
                        + literals.values(draw.between(1, 5))
                        + ")";
    }

    private String unpack() {
        return "p(string.unpack, "
                + packFormat()
                + ", "
                + literals.bytes(draw.below(40))
                + (draw.percent(30) ? ", " + draw.between(-5, 45) : "")
                + ")";
    }

    /** A pattern of few repetitions: what is matched is short, so that trying all ends soon. */
    String patternText() {
        StringBuilder pattern = new StringBuilder(draw.percent(15) ? "^" : "");
        int count = draw.between(1, 4);
        for (int i = 0; i < count; i++) {
            boolean capture = draw.percent(25);
            pattern.append(capture ? "(" : "");
            pattern.append(draw.percent(90) ? draw.of(PATTERN_ITEMS) : draw.of(PATTERN_ODDITIES));
            pattern.append(draw.of("", "", "+", "*", "-", "?"));
            pattern.append(capture ? ")" : "");
        }
        return pattern.append(draw.percent(15) ? "$" : "").toString();
    }

    private String subject() {
        return draw.percent(70)
                ? Literals.quote(
                        draw.of("abc", "a=1, b=22", "(a(b)c)", "The end", "aaa,bbb")
                                + literals.words())
                : literals.string();
    }

    private String pattern() {
        String pattern = Literals.quote(patternText());
        return switch (draw.below(4)) {
            case 0 ->
                    "p(string.find, "
                            + subject()
                            + ", "
                            + pattern
                            + ", "
                            + draw.between(-4, 8)
                            + draw.of("", ", true", ", nil")
                            + ")";
            case 1 -> "p(string.match, " + subject() + ", " + pattern + ")";
            case 2 ->
                    "p(function() local n = 0 for x, y in ("
                            + subject()
                            + "):gmatch("
                            + pattern
                            + ") do o(x, y) n = n + 1 if n > 20 then break end end return n end)";
            default ->
                    "p(string.gsub, "
                            + subject()
                            + ", "
                            + pattern
                            + ", \"<%0>\", "
                            + draw.below(4)
                            + ")";
        };
    }

    private String substitute() {
        String by =
                switch (draw.below(4)) {
                    case 0 -> Literals.quote(draw.of("%1", "%0%0", "%%", "%2", "%", "x", "%9"));
                    case 1 -> "{a = 'A', b = false, abc = 3, x = {}}";
                    case 2 -> "function(x, y) return y or x .. '!' end";
                    default -> literals.any();
                };
        return "p(string.gsub, "
                + subject()
                + ", "
                + Literals.quote(patternText())
                + ", "
                + by
                + ")";
    }

    private String utf8() {
        String text = literals.string();
        return switch (draw.below(5)) {
            case 0 -> "p(utf8.len, " + text + ", " + draw.between(-3, 4) + ")";
            case 1 -> "p(utf8.codepoint, " + text + ", 1, " + draw.between(-2, 6) + ")";
            case 2 -> "p(utf8.offset, " + text + ", " + draw.between(-3, 4) + ")";
            case 3 -> "p(function() for i, c in utf8.codes(" + text + ") do o(i, c) end end)";
            default ->
                    "p(function(...) return hex(utf8.char(...)) end, "
                            + draw.of("65", "0x7fffffff", "0xd800", "0x1f680", "-1", "0x110000")
                            + ", "
                            + literals.integer()
                            + ")";
        };
    }

    private String method() {
        String text = literals.string();
        return switch (draw.below(8)) {
            case 0 ->
                    "o(("
                            + text
                            + "):sub("
                            + draw.between(-9, 9)
                            + ", "
                            + draw.between(-9, 9)
                            + "))";
            case 1 ->
                    "p(string.byte, "
                            + text
                            + ", "
                            + draw.between(-4, 4)
                            + ", "
                            + draw.between(-4, 9)
                            + ")";
            case 2 -> "p(string.char, " + draw.between(-2, 260) + ", " + draw.below(256) + ")";
            case 3 -> "o((" + text + "):reverse(), (" + text + "):upper(), (" + text + "):lower())";
            case 4 ->
                    "p(string.rep, "
                            + text
                            + ", "
                            + draw.between(-1, 30)
                            + ", "
                            + literals.string()
                            + ")";
            case 5 -> "o(#" + text + ", " + text + " .. " + literals.number() + ")";
            case 6 ->
                    "p(function() return ("
                            + text
                            + "):"
                            + draw.of("nope", "len", "find")
                            + "() end)";
            default ->
                    "p(string.rep, \"xy\", "
                            + draw.of("math.maxinteger", "2^31", "1 << 40", "-5")
                            + ")";
        };
    }

    private String number() {
        String text =
                draw.of(
                        "0x",
                        "0x1p4",
                        "1e",
                        "1e5",
                        "  7  ",
                        "7 7",
                        "1_000",
                        "٣",
                        "0b1",
                        "1e400",
                        "-0x10",
                        "0x1.8",
                        "1.",
                        ".5",
                        ".",
                        "",
                        "- 1",
                        "infinity",
                        "1e-400",
                        "0e12",
                        "9223372036854775807",
                        "9223372036854775808",
                        "-9223372036854775809");
        return switch (draw.below(3)) {
            case 0 -> "p(tonumber, " + Literals.quote(text) + ")";
            case 1 ->
                    "p(tonumber, "
                            + Literals.quote(
                                    draw.of("zz", "10", "-ff", "7fffffffffffffff", "8", ""))
                            + ", "
                            + draw.between(0, 38)
                            + ")";
            default -> "o(" + literals.number() + ", " + literals.number() + ")";
        };
    }

    private String arithmetic() {
        String operator =
                draw.of("+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "..");
        String left = draw.percent(85) ? literals.number() : literals.any();
        String right = draw.percent(85) ? literals.number() : literals.any();
        return "p(function(a, b) return a " + operator + " b end, " + left + ", " + right + ")";
    }

    private String mathLibrary() {
        String one =
                draw.of(
                        "abs",
                        "ceil",
                        "floor",
                        "sqrt",
                        "exp",
                        "log",
                        "sin",
                        "cos",
                        "tan",
                        "asin",
                        "acos",
                        "atan",
                        "deg",
                        "rad",
                        "modf",
                        "tointeger",
                        "type");
        return draw.percent(70)
                ? "p(math." + one + ", " + literals.number() + ")"
                : "p(math."
                        + draw.of("fmod", "max", "min", "ult", "log", "atan")
                        + ", "
                        + literals.number()
                        + ", "
                        + literals.number()
                        + ")";
    }

    private String compare() {
        return "p(function(a, b) return a "
                + draw.of("<", "<=", "==", "~=", ">")
                + " b end, "
                + literals.value(0)
                + ", "
                + literals.value(0)
                + ")";
    }

    /** Source text with a mistake in it, or without. */
    String mangled() {
        String source =
                draw.of(
                        "1 + 1",
                        "function() end",
                        "{1, 2, x = 3}",
                        "a.b.c:d(1)(2)",
                        "[==[long ]=] string]==]",
                        "'\\x41\\z  \\u{1F680}\\65'",
                        "0x1p",
                        "if x then y = 1 elseif z then w() else goto out end ::out::",
                        "for i = 1, 2 do local x <const> = 1 end",
                        "local function f(...) return ... end return f",
                        "a, b = b, a; ;;",
                        "repeat local x = 1 until x",
                        "'unfinished",
                        "--[[ comment");
        if (draw.percent(40)) {
            return source;
        }
        int at = draw.below(source.length());
        return source.substring(0, at)
                + draw.of("", "=", "(", "end", "'", "\\", "@", "]]", "\u0001", "é")
                + source.substring(Math.min(source.length(), at + draw.below(3)));
    }
}
