package dev.flywheel.cu.guest.differential;

/** Megabytes: of data, of answers, of memory. Rare, since both sides need long for each. */
final class HeavyStatements {
    private final Draw draw;

    HeavyStatements(Draw draw) {
        this.draw = draw;
    }

    String statement() {
        int kilobytes = draw.between(64, 3000);
        return draw.of(
                "o(string.rep('0123456789abcdef', 64 * " + kilobytes + "))",
                "S = string.rep('y', 1024 * " + kilobytes + ") o(#S)",
                "S = string.rep('z', 1024 * " + 8 * kilobytes + ") o(#S)",
                "print(string.rep('p\\n\"\\\\', 256 * " + kilobytes + "))",
                "Send({Target = ao.id, Data = string.rep('m', 1024 * " + kilobytes + ")})",
                "T = {} for i = 1, 10 * " + kilobytes + " do T['key' .. i] = {id = i} end o(#T)",
                "local p = {} for i = 1, 8 * "
                        + kilobytes
                        + " do p[i] = tostring(i) end C = table.concat(p, ',') o(#C)",
                "S = nil T = nil C = nil collectgarbage() o(collectgarbage('count'))",
                "p(function() local function f(n) return 1 + f(n + 1) end return f(1) end)",
                "p(string.rep, 'x', 600 * 1024 * 1024)",
                "p(function() local s = 'x' for i = 1, 34 do s = s .. s end end)",
                "local c = 0 for i = 1, 20000 do if not pcall(error, 'x') then c = c + 1 end end o(c)",
                "local t = {} for i = 1, 20000 do t[i] = (i * 7919) % 20011 end table.sort(t) o(t[1], t[20000])",
                "p(function(s) return #require('json').encode(require('json').decode(s)) end, '[' .. string.rep('{\"a\":[1,2.5,\"x\"]},', 2000) .. '1]')",
                "o(#Inbox, Inbox[#Inbox] and #Inbox[#Inbox].Data)");
    }
}
