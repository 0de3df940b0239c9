package dev.flywheel.cu.guest.differential;

/** Statements of Lua's grammar, nested: each loop is bounded, whatever its bounds say. */
final class RandomProgram {
    private static final String[] NAMES = {"a", "b", "c", "d", "e"};
    private static final String[] BINARY = {
        "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or",
        "&", "|", "~", "<<", ">>"
    };
    private static final String[] UNARY = {"-", "not ", "#", "~"};

    /**
     * At the head of each body of a for: Lua 5.3 counts on past the greatest integer to the least
     * one and never ends, and what a body adds to the table that it walks through is walked through
     * too.
     */
    private static final String ROUNDS_BOUNDED = "n = n + 1 if n > 9 then break end\n";

    private final Draw draw;
    private final Literals literals;
    private int labels;

    RandomProgram(Draw draw, Literals literals) {
        this.draw = draw;
        this.literals = literals;
    }

    /** A chunk that hands what it computed to the function o. */
    String chunk() {
        StringBuilder text = new StringBuilder("p(function(...) local a, b, c, d, e = ");
        for (int i = 0; i < NAMES.length; i++) {
            text.append(i > 0 ? ", " : "").append(literals.value(1));
        }
        text.append("\n");
        block(text, 3, false);
        return text.append("return a, b, c, d, e end, ")
                .append(literals.values(2))
                .append(")")
                .toString();
    }

    private void block(StringBuilder text, int depth, boolean loop) {
        int count = draw.between(1, 4);
        for (int i = 0; i < count; i++) {
            statement(text, depth, loop);
            text.append("\n");
        }
    }

    private void statement(StringBuilder text, int depth, boolean loop) {
        switch (draw.below(depth > 0 ? 14 : 6)) {
            case 0, 1 -> text.append(name()).append(" = ").append(expression(2));
            // What doubles in nested loops would fill the memory.
            case 2 ->
                    text.append(name())
                            .append(" = (tostring(")
                            .append(expression(1))
                            .append(") .. tostring(")
                            .append(expression(1))
                            .append(")):sub(1, 60)");
            case 3 ->
                    text.append(name())
                            .append(", ")
                            .append(name())
                            .append(" = ")
                            .append(expression(1))
                            .append(", ")
                            .append(expression(1));
            case 4 -> text.append("o(").append(expression(2)).append(")");
            case 5 ->
                    text.append("if type(")
                            .append(name())
                            .append(") == 'table' then local t = ")
                            .append(name())
                            .append(" t[")
                            .append(expression(1))
                            .append("] = ")
                            .append(expression(1))
                            .append(" end");
            case 6, 7 -> {
                text.append("if ").append(expression(2)).append(" then\n");
                block(text, depth - 1, loop);
                if (draw.percent(50)) {
                    text.append("else\n");
                    block(text, depth - 1, loop);
                }
                text.append("end");
            }
            case 8 -> {
                text.append("do local n = 0 for i = ").append(bounds()).append(" do\nb = i\n");
                text.append(ROUNDS_BOUNDED);
                block(text, depth - 1, true);
                text.append("end end");
            }
            case 9 -> {
                String label = "l" + labels++;
                text.append("do local n = 0 while ")
                        .append(expression(1))
                        .append(" do n = n + 1 if n > 4 then break end\n");
                block(text, depth - 1, true);
                text.append("if n == 2 then goto ").append(label).append(" end\n");
                block(text, depth - 1, true);
                text.append("::").append(label).append(":: end end");
            }
            case 10 -> {
                text.append("do local n = 0 repeat n = n + 1\n");
                block(text, depth - 1, true);
                text.append("until n > 3 or ").append(expression(1)).append(" end");
            }
            case 11 -> {
                String name = draw.of("f", "g");
                text.append("local function ").append(name).append("(a, ...)\n");
                block(text, depth - 1, false);
                text.append("return ").append(expression(1)).append(", ... end\n");
                text.append(name()).append(", ").append(name()).append(" = ");
                text.append(name).append("(").append(literals.values(draw.below(3))).append(")");
            }
            case 12 -> {
                text.append("do local n = 0 for k, v in ").append(draw.of("pairs", "ipairs"));
                text.append("(").append(expression(1)).append(") do\na = k c = v\n");
                text.append(ROUNDS_BOUNDED);
                block(text, depth - 1, true);
                text.append("end end");
            }
            default -> {
                text.append("o(pcall(function(...)\n");
                block(text, depth - 1, false);
                text.append("return ").append(expression(1)).append(" end))");
            }
        }
        if (loop && draw.percent(6)) {
            text.append("\nif ").append(name()).append(" then break end");
        }
    }

    /** Of a numeric loop with few steps, or with one that passes the last integer. */
    private String bounds() {
        int from = draw.between(-3, 3);
        return draw.of(
                from + ", " + (from + draw.below(5)),
                from + ", " + (from - draw.below(5)) + ", -1",
                from + ".0, " + (from + 2) + ", 0.5",
                "math.maxinteger - 2, math.maxinteger",
                "math.mininteger + 2, math.mininteger, -1",
                "1, 0",
                "1, " + literals.number() + ", math.maxinteger // 3",
                "1, 3, " + draw.of("0", "'1'", "nil", "2"));
    }

    private String name() {
        return draw.of(NAMES);
    }

    String expression(int depth) {
        if (depth == 0) {
            return draw.percent(60) ? name() : literals.value(1);
        }
        return switch (draw.below(9)) {
            case 0, 1, 2, 3 ->
                    "("
                            + expression(depth - 1)
                            + " "
                            + draw.of(BINARY)
                            + " "
                            + expression(depth - 1)
                            + ")";
            case 4 -> draw.of(UNARY) + "(" + expression(depth - 1) + ")";
            case 5 -> "(" + name() + ")[" + expression(depth - 1) + "]";
            case 6 -> "select('#', " + expression(depth - 1) + ", ...)";
            case 7 -> draw.of("tostring", "type", "tonumber") + "(" + expression(depth - 1) + ")";
            default -> "({" + expression(depth - 1) + ", " + expression(depth - 1) + ", ...})[2]";
        };
    }
}
