package dev.flywheel.cu.guest.differential;

import java.util.List;

/** Errors, coroutines, recursion, loading, debugging. */
final class ControlStatements {
    private final Draw draw;
    private final Literals literals;
    private final TextStatements texts;

    ControlStatements(Draw draw, Literals literals, TextStatements texts) {
        this.draw = draw;
        this.literals = literals;
        this.texts = texts;
    }

    String statement() {
        return switch (draw.below(14)) {
            case 0 -> "p(function() " + failure() + " end)";
            case 1 -> handled();
            case 2 -> nested();
            case 3 -> "o(select('#', pcall(function() " + failure() + " end)))";
            case 4 -> coroutine();
            case 5 -> keptCoroutine();
            case 6 -> yieldAcross();
            case 7 -> recursion();
            case 8 -> nativeRecursion();
            case 9 -> loaded();
            case 10 -> debug();
            case 11 -> manyErrors();
            case 12 -> gotoLoop();
            default -> runtimeError();
        };
    }

    /** Something that raises, also uncaught. */
    String failure() {
        return switch (draw.below(9)) {
            case 0, 1 -> "error(" + literals.value(1) + ")";
            case 2 -> "error(" + literals.string() + ", " + draw.between(0, 4) + ")";
            case 3 ->
                    "error(setmetatable({code = 7}, {__tostring = function() return 'object' end}))";
            case 4 -> "assert(" + literals.value(0) + ", " + literals.value(1) + ")";
            case 5 -> "assert(false)";
            case 6 -> "local t = " + literals.value(1) + " return t." + literals.key() + ".x.y";
            case 7 -> "local f = function() error({" + literals.values(2) + "}) end f()";
            default ->
                    draw.of(
                            "undefined()",
                            "return {} .. {}",
                            "return #5",
                            "return {} < {}",
                            "return 1 // 0",
                            "return 2^63 | 0",
                            "string.rep()",
                            "return ('x'):bad()",
                            "return nil + 1",
                            "for i = 1, 'x' do end",
                            "return 'a' + 1",
                            "ao.send(1)");
        };
    }

    private String runtimeError() {
        return "p(function() local name = "
                + literals.value(1)
                + " local up = "
                + literals.any()
                + " return (function() return "
                + draw.of(
                        "name.field.x",
                        "up.x.y",
                        "name()",
                        "up + name",
                        "global.x.y",
                        "name .. up",
                        "name[nil].x",
                        "-up",
                        "#name",
                        "name < up",
                        "name:method()",
                        "math.floor(name)",
                        "string.rep(up, name)",
                        "('x'):rep(1e10)",
                        "setmetatable(name, up)",
                        "tostring()",
                        "ipairs()",
                        "select(0)",
                        "rawset(1, 2, 3)",
                        "next({}, 'nope')",
                        "table.concat({{}})",
                        "string.char(256)")
                + " end)() end)";
    }

    private String handled() {
        String handler =
                draw.of(
                        "function(m) return 'h:' .. tostring(m) end",
                        "debug.traceback",
                        "function(m) error('again') end",
                        "function(m) return m, 2 end",
                        "print",
                        literals.value(0),
                        "function(m) return debug.traceback('t ' .. tostring(m), 2) end");
        return "p(xpcall, function(...) "
                + failure()
                + " end, "
                + handler
                + ", "
                + literals.values(1)
                + ")";
    }

    private String nested() {
        return "p(function() local function f(n) if n == 0 then "
                + failure()
                + " end local r = table.pack(pcall(f, n - 1)) "
                + draw.of(
                        "error(r[2], 0)",
                        "error(r[2], " + draw.between(1, 3) + ")",
                        "return n, table.unpack(r, 1, r.n)")
                + " end return f("
                + draw.between(1, 30)
                + ") end)";
    }

    private String coroutine() {
        String body =
                draw.of(
                        "local x = coroutine.yield(1) local y = coroutine.yield(x) return y, ...",
                        failure(),
                        "coroutine.yield(coroutine.running())",
                        "return coroutine.isyieldable(), ...",
                        "coroutine.yield() " + failure(),
                        "for i = 1, 3 do o(coroutine.yield(i)) end",
                        "coroutine.wrap(function() coroutine.yield(2) " + failure() + " end)()");
        int resumes = draw.between(1, 4);
        StringBuilder text =
                new StringBuilder(
                        "p(function() local co = coroutine.create(function(...) "
                                + body
                                + " end) ");
        for (int i = 0; i < resumes; i++) {
            text.append("o(coroutine.resume(co, ")
                    .append(literals.value(0))
                    .append(")) o(coroutine.status(co)) ");
        }
        text.append(
                draw.of(
                        "return debug.traceback(co)",
                        "return coroutine.isyieldable()",
                        "return select(2, coroutine.running())"));
        return text.append(" end)").toString();
    }

    private String keptCoroutine() {
        return draw.percent(40)
                ? "CO = coroutine.wrap(function(a) local n = 0 while true do n = n + 1 a = coroutine.yield(n, a) if a == 'stop' then "
                        + draw.of("return 'done'", failure())
                        + " end end end)"
                : "p(CO, " + draw.of(literals.value(0), "'stop'") + ")";
    }

    private String yieldAcross() {
        return "p(function() local co = coroutine.wrap(function() "
                + draw.of(
                        "return pcall(function() o(coroutine.yield('in pcall')) "
                                + failure()
                                + " end)",
                        "return table.sort({3, 2, 1}, function(a, b) coroutine.yield('in sort') return a < b end)",
                        "return ('abc'):gsub('.', function(c) coroutine.yield(c) end)",
                        "local t = setmetatable({}, {__index = function(t, k) return coroutine.yield(k) end}) return t.x, t.y",
                        "for k in coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end) do coroutine.yield(k) end",
                        "return xpcall(function() coroutine.yield('in xpcall') "
                                + failure()
                                + " end, debug.traceback)",
                        "return load(function() return coroutine.yield('in load') end)",
                        "return select(2, coroutine.resume(coroutine.create(function() return coroutine.yield('inner') end)))")
                + " end) o(pcall(co)) o(pcall(co, "
                + literals.value(0)
                + ")) o(pcall(co, 'x')) end)";
    }

    private String recursion() {
        return switch (draw.below(4)) {
            case 0 ->
                    "p(function() local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f("
                            + draw.between(100, 15_000)
                            + ") end)";
            case 1 ->
                    "p(function() local function f(n, ...) if n == 0 then return select('#', ...) end return f(n - 1, n, ...) end return f("
                            + draw.between(10, 200)
                            + ") end)";
            case 2 ->
                    "p(function() local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f("
                            + draw.between(1000, 50_000)
                            + ") end)";
            default ->
                    "p(function() local t = setmetatable({}, {}) getmetatable(t)."
                            + draw.of(
                                    "__index",
                                    "__newindex",
                                    "__concat",
                                    "__eq",
                                    "__tostring",
                                    "__call",
                                    "__len")
                            + " = "
                            + draw.of(
                                    "t",
                                    "function(...) return t.x end",
                                    "function(a) return tostring(a) end",
                                    "function(a, b) return a .. b end")
                            + " return "
                            + draw.of("t.x", "t .. 'x'", "tostring(t)", "t()", "#t")
                            + " end)";
        };
    }

    /** Nested calls of the C stack: Lua's limit is 200 of them. */
    private String nativeRecursion() {
        int depth = draw.of(List.of(5, 50, 150, 190, 199, 220));
        return draw.of(
                "p(function() local function f(n) if n == 0 then return 'x' end return (('x'):gsub('x', function() return f(n - 1) end)) end return f("
                        + depth
                        + ") end)",
                "p(function() local function f(n) if n == 0 then "
                        + failure()
                        + " end return select(2, coroutine.resume(coroutine.create(function() return f(n - 1) end))) end return f("
                        + depth
                        + ") end)",
                "p(load, 'return ' .. string.rep('(', "
                        + depth
                        + ") .. '1' .. string.rep(')', "
                        + depth
                        + "))",
                "p(load, string.rep('do ', " + depth + ") .. string.rep('end ', " + depth + "))",
                "p(load, 'return ' .. string.rep('{', "
                        + depth
                        + ") .. string.rep('}', "
                        + depth
                        + "))",
                "p(string.match, string.rep('a', "
                        + depth * 3
                        + "), string.rep('a?', "
                        + depth
                        + ") .. string.rep('a', "
                        + Math.min(depth, 30)
                        + "))",
                "p(string.rep('x', " + depth + ").rep, 'x', " + depth + ")",
                "p(require('json').decode, string.rep('[', "
                        + depth
                        + ") .. string.rep(']', "
                        + depth
                        + "))");
    }

    private String loaded() {
        String source =
                Literals.quote(draw.percent(60) ? "return " + literals.value(1) : texts.mangled());
        return draw.of(
                "p(function(...) local f, e = load(" + source + ") return f and f() or e end)",
                "p(load, "
                        + source
                        + ", "
                        + draw.of("'=name'", "'@file.lua'", "'text\\nof two lines'", "nil")
                        + ", "
                        + draw.of("'t'", "'b'", "'bt'", "'x'")
                        + ")",
                "p(function() local s = string.dump(function(a) return a, "
                        + literals.value(0)
                        + " end"
                        + draw.of("", ", true")
                        + ") o(#s) return load(s, 'd', 'b')(5) end)",
                "p(function() local s = string.dump(function(a) return a end) return load(s:sub(1, "
                        + draw.between(1, 90)
                        + "), 'd', 'b') end)",
                "p(function() local env = {x = 3} local f = load('x = x + 1 return x', 'n', 't', env) f() return f(), env.x, x end)",
                "p(load, function() return nil end)",
                "p(string.dump, print)");
    }

    private String debug() {
        return draw.of(
                "p(function() local i = debug.getinfo(1, 'nSlutf') return i.short_src, i.currentline, i.what, i.nups, i.nparams, i.isvararg, i.name end)",
                "p(function() return debug.traceback('here', " + draw.between(0, 3) + ") end)",
                "p(function() local a, b = 1, "
                        + literals.value(0)
                        + " return debug.getlocal(1, "
                        + draw.between(-1, 4)
                        + ") end)",
                "p(function() local n = 0 debug.sethook(function() n = n + 1 end, "
                        + draw.of("''", "'l'", "'c'", "'r'")
                        + ", "
                        + draw.of("0", "7", "100")
                        + ") for i = 1, 200 do local x = tostring(i) end debug.sethook() return n end)",
                "p(function() local u = 1 local f = function() return u end return debug.getupvalue(f, 1), debug.setupvalue(f, 1, "
                        + literals.value(0)
                        + "), f() end)",
                "p(function() debug.setmetatable(1, {__index = function(n, k) return k end}) local r = (5).name debug.setmetatable(1, nil) return r end)",
                "p(debug.getinfo, "
                        + draw.between(-1, 30)
                        + ", "
                        + draw.of("'S'", "'l'", "'?'", "'n'")
                        + ")",
                "p(debug.getregistry and function() return type(debug.getregistry()) end)");
    }

    private String manyErrors() {
        return "p(function() local c = 0 for i = 1, "
                + draw.between(1, 2000)
                + " do if not pcall("
                + draw.of(
                        "error, 'x'",
                        "error",
                        "function() local x = nil + 1 end",
                        "string.rep",
                        "coroutine.wrap(function() error(i) end)")
                + ") then c = c + 1 end end return c end)";
    }

    private String gotoLoop() {
        return "p(function() local i, s = 0, "
                + literals.integer()
                + " ::top:: i = i + 1 s = s * 31 ~ i if i < "
                + draw.between(1, 300)
                + " then goto top end do goto out end s = 0 ::out:: return s end)";
    }
}
