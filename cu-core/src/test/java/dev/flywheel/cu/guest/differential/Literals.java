package dev.flywheel.cu.guest.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Function;

/** Values as Lua source text, many of them odd. */
final class Literals {
    private static final String[] INTEGERS = {
        "0",
        "1",
        "-1",
        "2",
        "7",
        "-3",
        "10",
        "255",
        "256",
        "65535",
        "2147483647",
        "-2147483648",
        "4294967296",
        "9007199254740993",
        "math.maxinteger",
        "math.mininteger",
        "0x7fffffffffffffff",
        "0xffffffffffffffff",
    };

    private static final String[] FLOATS = {
        "0.0",
        "-0.0",
        "0.5",
        "0.1",
        "1/3",
        "-2.5",
        "3.0",
        "1e15",
        "1e16",
        "1e100",
        "-1e308",
        "1e308*10",
        "-1e308*10",
        "0/0",
        "-(0/0)",
        "5e-324",
        "2^53",
        "2^63",
        "-2^63",
        "2^64",
        "0x1p-1074",
        "0x.8p1",
        "math.pi",
        "123456.789",
        "1e-5",
        "99999999999999.9",
    };

    private static final String[] WORDS = {
        "",
        "a",
        "key",
        "Balance",
        "hello world",
        "x=1, y=2",
        "10",
        "0x10",
        " 12 ",
        "1e2",
        "nan",
        "inf",
        "-0",
        "%d",
        "%",
        "[",
        "(",
        "é",
        "世界",
        "🚀",
        "aaaaaaaaaaaaaaab",
        "line\nbreak",
        "tab\tquote\"back\\slash",
        "</script>",
        "\u2028",
        "\u007f",
        "name=value; other=thing",
        "The quick brown fox",
        "2023-11-14T22:13:20Z",
    };

    private final Draw draw;

    Literals(Draw draw) {
        this.draw = draw;
    }

    String integer() {
        return switch (draw.below(4)) {
            case 0 -> draw.of(INTEGERS);
            case 1 -> String.valueOf(draw.between(-20, 20));
            case 2 -> String.valueOf(draw.between(-100_000, 100_000));
            // The least integer has no literal.
            default -> draw.percent(50) ? hex(draw.bits()) : String.valueOf(draw.bits() | 1);
        };
    }

    private static String hex(long bits) {
        return "0x" + Long.toHexString(bits);
    }

    String number() {
        return switch (draw.below(5)) {
            case 0, 1 -> integer();
            case 2 -> draw.of(FLOATS);
            case 3 -> draw.between(-1_000_000, 1_000_000) + "/" + draw.between(1, 1000);
            default -> any64();
        };
    }

    /** A double of any bits. */
    private String any64() {
        return "(string.unpack('<d', string.pack('<i8', " + hex(draw.bits()) + ")))";
    }

    /** The characters of some text, mostly Unicode. */
    String words() {
        if (draw.percent(60)) {
            return draw.of(WORDS);
        }
        StringBuilder text = new StringBuilder();
        int length = draw.below(12);
        for (int i = 0; i < length; i++) {
            switch (draw.below(5)) {
                case 0 -> text.append(draw.of(WORDS));
                case 1 -> text.append((char) draw.between(0x20, 0x7e));
                case 2 -> text.append((char) draw.between(1, 0xff));
                case 3 -> text.append(Character.toString(draw.between(0x1f300, 0x1f64f)));
                default -> text.append((char) draw.between('a', 'f'));
            }
        }
        return text.toString();
    }

    String string() {
        return draw.percent(75) ? quote(words()) : bytes(draw.below(20));
    }

    /** A string of any bytes. */
    String bytes(int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < length; i++) {
            text.append(String.format("\\x%02x", draw.below(256)));
        }
        return text.append('"').toString();
    }

    /** As a Lua literal of the same bytes in UTF-8. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte b : text.getBytes(UTF_8)) {
            int value = b & 0xff;
            if (value == '"' || value == '\\') {
                quoted.append('\\').append((char) value);
            } else if (value < 0x20 || value >= 0x7f) {
                quoted.append(String.format("\\%03d", value));
            } else {
                quoted.append((char) value);
            }
        }
        return quoted.append('"').toString();
    }

    String key() {
        return draw.of("a", "b", "c", "x", "y", "id", "name", "value", "key");
    }

    /** A value without a function in it. */
    String value(int depth) {
        return switch (draw.below(depth > 0 ? 8 : 6)) {
            case 0, 1 -> number();
            case 2, 3 -> string();
            case 4 -> draw.of("nil", "true", "false");
            case 5 -> integer();
            default -> table(depth);
        };
    }

    /** A value of any type. */
    String any() {
        return draw.percent(85)
                ? value(1)
                : draw.of(
                        "print",
                        "function(...) return ... end",
                        "coroutine.create(print)",
                        "setmetatable({}, {__tostring = function() return 'object' end})",
                        "setmetatable({}, {__index = string, __len = function() return 3 end})",
                        "io.stdout");
    }

    private String table(int depth) {
        int size = draw.below(5);
        Function<Integer, String> entry =
                switch (draw.below(4)) {
                    case 0, 1 -> i -> value(depth - 1);
                    case 2 -> i -> key() + "=" + value(depth - 1);
                    default ->
                            i ->
                                    draw.percent(50)
                                            ? value(depth - 1)
                                            : "[" + index() + "]=" + value(depth - 1);
                };
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < size; i++) {
            text.append(i > 0 ? ", " : "").append(entry.apply(i));
        }
        return text.append("}").toString();
    }

    private String index() {
        return draw.of(
                quote(key()),
                String.valueOf(draw.between(-2, 12)),
                "1.5",
                "true",
                "2^53",
                quote(words()));
    }

    /** So many values, separated by commas. */
    String values(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i > 0 ? ", " : "").append(any());
        }
        return text.toString();
    }
}
