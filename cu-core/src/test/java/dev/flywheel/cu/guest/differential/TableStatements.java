package dev.flywheel.cu.guest.differential;

/** Tables, closures, metatables, sorting, and what stays in globals. */
final class TableStatements {
    private static final String[] GLOBALS = {"G1", "G2", "G3", "G4"};

    private final Draw draw;
    private final Literals literals;

    TableStatements(Draw draw, Literals literals) {
        this.draw = draw;
        this.literals = literals;
    }

    String statement() {
        return switch (draw.below(14)) {
            case 0, 1 -> global();
            case 2 -> library();
            case 3 -> sort();
            case 4 -> sortWithBadOrder();
            case 5 -> metatable();
            case 6 -> iteration();
            case 7 -> closures();
            case 8 -> varargs();
            case 9 -> weak();
            case 10 -> finalizer();
            case 11 -> raw();
            case 12 -> grown();
            default -> addresses();
        };
    }

    private String global() {
        String name = draw.of(GLOBALS);
        return switch (draw.below(6)) {
            case 0, 1 -> name + " = " + literals.value(2) + " o(" + name + ")";
            case 2 -> "o(type(" + name + "), " + draw.of(GLOBALS) + ")";
            case 3 -> "p(function() for k, v in pairs(" + name + ") do o(k, type(v)) end end)";
            case 4 ->
                    "p(function() "
                            + name
                            + "["
                            + literals.value(0)
                            + "] = "
                            + literals.value(1)
                            + " return #"
                            + name
                            + " end)";
            default ->
                    name
                            + " = (type("
                            + name
                            + ") == 'number' and "
                            + name
                            + " or 0) + 1 o("
                            + name
                            + ")";
        };
    }

    private String library() {
        String table = "{" + literals.values(draw.below(6)) + "}";
        return switch (draw.below(7)) {
            case 0 -> "p(table.concat, " + table + ", " + literals.string() + ")";
            case 1 -> "p(table.concat, {1, 2.5, 'x', 3}, ', ', " + draw.between(-1, 5) + ", 4)";
            case 2 ->
                    "p(table.unpack, "
                            + table
                            + ", "
                            + draw.between(-2, 3)
                            + ", "
                            + draw.below(9)
                            + ")";
            case 3 ->
                    "p(table.unpack, {}, 1, " + draw.of("1e6", "1e8", "math.maxinteger", "0") + ")";
            case 4 ->
                    "p(function(t) table.insert(t, "
                            + draw.between(-1, 7)
                            + ", 'new') return table.unpack(t) end, "
                            + table
                            + ")";
            case 5 ->
                    "p(function(t) local x = table.remove(t, "
                            + draw.between(-1, 7)
                            + ") return x, #t end, "
                            + table
                            + ")";
            default ->
                    "p(function(t) table.move(t, "
                            + draw.between(-2, 4)
                            + ", "
                            + draw.between(0, 6)
                            + ", "
                            + draw.between(-2, 6)
                            + draw.of("", ", {}")
                            + ") return table.unpack(t) end, "
                            + table
                            + ")";
        };
    }

    private String filled(int size) {
        return "local t = {} local s = "
                + draw.between(1, 100_000)
                + " for i = 1, "
                + size
                + " do s = (s * 1103515245 + 12345) % 2147483648 t[i] = s % "
                + draw.between(2, 5000)
                + " end ";
    }

    private String sort() {
        String order =
                draw.of(
                        "",
                        ", function(a, b) return a > b end",
                        ", function(a, b) return a % 10 < b % 10 end");
        return "p(function() "
                + filled(draw.between(2, 400))
                + "table.sort(t"
                + order
                + ") return t[1], t[2], t[#t], t[#t // 2 + 1] end)";
    }

    /**
     * Some are found out ("invalid order function"), others give any order; more than 100 read the
     * clock.
     */
    private String sortWithBadOrder() {
        String order =
                draw.of(
                        "function() return true end",
                        "function() return false end",
                        "function(a, b) return a <= b end",
                        "function(a, b) return a ~= b end",
                        "function(a, b) n = n + 1 return n % 3 == 0 end",
                        "function(a, b) if a == b then error('equal') end return a < b end",
                        "function(a, b) return nil end");
        return "p(function() local n = 0 "
                + filled(draw.between(2, 300))
                + "o(pcall(table.sort, t, "
                + order
                + ")) return table.concat(t, ',', 1, math.min(#t, 12)) end)";
    }

    private String metatable() {
        String event =
                draw.of(
                        "__add",
                        "__sub",
                        "__mul",
                        "__div",
                        "__mod",
                        "__pow",
                        "__unm",
                        "__idiv",
                        "__band",
                        "__bor",
                        "__bxor",
                        "__shl",
                        "__shr",
                        "__bnot",
                        "__concat",
                        "__len",
                        "__eq",
                        "__lt",
                        "__le",
                        "__index",
                        "__newindex",
                        "__call",
                        "__tostring",
                        "__name",
                        "__metatable",
                        "__pairs",
                        "__mode");
        String action =
                draw.of(
                        "function(a, b) return " + literals.value(0) + " end",
                        "function(a, b) error("
                                + literals.value(1)
                                + ", "
                                + draw.below(4)
                                + ") end",
                        "function(...) return select('#', ...) end",
                        "{x = 1}",
                        literals.value(1));
        String use =
                draw.of(
                        "v + 1",
                        "1 - v",
                        "v * v",
                        "v / 2",
                        "v % v",
                        "v ^ 2",
                        "-v",
                        "v // 3",
                        "v & 1",
                        "v | 2",
                        "v ~ 3",
                        "v << 1",
                        "v >> 1",
                        "~v",
                        "v .. 'x'",
                        "'x' .. v",
                        "#v",
                        "v == setmetatable({}, m)",
                        "v < v",
                        "v <= 1",
                        "v.missing",
                        "v(1, 2)",
                        "tostring(v)",
                        "getmetatable(v)",
                        "setmetatable(v, nil)",
                        "rawlen(v)",
                        "next(v)",
                        "string.format('%s', v)",
                        "pairs(v)");
        return "p(function() local m = {"
                + event
                + " = "
                + action
                + "} local v = setmetatable({"
                + literals.values(draw.below(3))
                + "}, m) "
                + draw.of("", "v.new = 1 ", "v[1] = nil ")
                + "return "
                + use
                + " end)";
    }

    private String iteration() {
        return switch (draw.below(4)) {
            case 0 ->
                    "p(function() local t = {} for i = 1, "
                            + draw.between(1, 60)
                            + " do t['k' .. i * "
                            + draw.between(1, 99)
                            + "] = i end local k = {} for n in pairs(t) do k[#k + 1] = n end return table.concat(k, ' ') end)";
            case 1 ->
                    "p(function() local t = {"
                            + literals.values(draw.below(6))
                            + "} for k, v in pairs(t) do t[k] = nil end return next(t), #t end)";
            case 2 ->
                    "p(function() local t = {1, 2, 3} for k in pairs(t) do t[k + "
                            + draw.between(1, 50)
                            + "] = 1 if k > 200 then break end end return #t end)";
            default ->
                    "p(function() local t = {1, 2, nil, 4, nil, 6} t["
                            + draw.between(3, 9)
                            + "] = nil local n = 0 for i in ipairs(t) do n = i end return #t, n end)";
        };
    }

    private String closures() {
        return draw.percent(50)
                ? "F = F or (function() local n = 0 return function(d) n = n + (d or 1) return n end end)() p(F, "
                        + literals.value(0)
                        + ")"
                : "p(function() local fs = {} for i = 1, "
                        + draw.between(1, 40)
                        + " do local j = i * "
                        + literals.integer()
                        + " fs[i] = function(d) j = j + d return j + i end end local s = 0 for i = #fs, 1, -1 do s = s ~ fs[i](i) s = s ~ fs[i](1) end return s end)";
    }

    private String varargs() {
        int count = draw.below(7);
        String values = literals.values(count);
        return "p(function(...) local a, b = ... local t = table.pack(...) return a, b, t.n, select('#', ...), select("
                + draw.between(-3, 4)
                + ", ...) end"
                + (count > 0 ? ", " + values : "")
                + ")";
    }

    private String weak() {
        return "p(function() local w = setmetatable({}, {__mode = "
                + draw.of("'k'", "'v'", "'kv'", "1")
                + "}) for i = 1, "
                + draw.between(1, 30)
                + " do w["
                + draw.of("i", "{}", "'s' .. i")
                + "] = "
                + draw.of("{}", "i", "'v' .. i", "function() return i end")
                + " end collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end return n end)";
    }

    private String finalizer() {
        return "p(function() for i = 1, "
                + draw.between(1, 20)
                + " do setmetatable({i}, {__gc = function(x) FINAL = (FINAL or 0) + x[1] "
                + draw.of("", "error('in gc') ", "KEPT = x ")
                + "end}) end "
                + draw.of("", "collectgarbage() ", "collectgarbage('step', 3) ")
                + "return FINAL, type(KEPT) end)";
    }

    private String raw() {
        return "p(function() local t = setmetatable({}, {__index = function(_, k) return k end, __newindex = function() end}) t[1] = 2 rawset(t, "
                + literals.value(0)
                + ", "
                + literals.value(0)
                + ") return rawget(t, 1), t[1], rawlen(t), rawequal(t, t), rawequal("
                + literals.value(0)
                + ", "
                + literals.value(0)
                + ") end)";
    }

    /** A table that stays, so that later collections have something to do. */
    private String grown() {
        int size = draw.between(10, 3000);
        return draw.of(
                "BIG = BIG or {} for i = 1, "
                        + size
                        + " do BIG[#BIG + 1] = {i, 'n' .. i} end o(#BIG)",
                "BIG = {} for i = 1, " + size + " do BIG['k' .. i] = i end",
                "if BIG then for k in pairs(BIG) do if math.type(k) == 'integer' and k % 2 == 0 then BIG[k] = nil end end o(#BIG) end",
                "BIG = nil o(collectgarbage('count') > 0)");
    }

    private String addresses() {
        return draw.of(
                "o({}, print, coroutine.create(print), io.stdout)",
                "o(function() end, setmetatable({}, {__name = 'Name'}))",
                "p(string.format, '%p', {})",
                "o(tostring(_G), tostring(Handlers), tostring(ao))");
    }
}
