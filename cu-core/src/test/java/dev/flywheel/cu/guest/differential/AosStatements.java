package dev.flywheel.cu.guest.differential;

/** What the modules of aos bring along. */
final class AosStatements {
    private final Draw draw;
    private final Literals literals;

    AosStatements(Draw draw, Literals literals) {
        this.draw = draw;
        this.literals = literals;
    }

    String statement() {
        return switch (draw.below(12)) {
            case 0, 1 -> encode();
            case 2, 3 -> decode();
            case 4, 5 -> send();
            case 6, 7 -> handlers();
            case 8 -> spawn();
            case 9 -> digests();
            case 10 -> numbers();
            default -> modules();
        };
    }

    private String encode() {
        return "p(require('json').encode, "
                + (draw.percent(85) ? literals.value(3) : literals.any())
                + ")";
    }

    private String decode() {
        return "p(function(s) local v = require('json').decode(s) o(type(v)) return require('json').encode(v) end, "
                + Literals.quote(draw.percent(60) ? json(3) : brokenJson())
                + ")";
    }

    private String json(int depth) {
        return switch (draw.below(depth > 0 ? 8 : 5)) {
            case 0 ->
                    draw.of(
                            "0",
                            "-0",
                            "1e5",
                            "1.5E-3",
                            "12345678901234567890",
                            "0.1",
                            "-7",
                            "1e999");
            case 1 -> draw.of("true", "false", "null");
            case 2, 3 -> jsonString();
            case 4 -> String.valueOf(draw.between(-100_000, 100_000));
            case 5, 6 -> {
                StringBuilder text = new StringBuilder("{");
                int size = draw.below(5);
                for (int i = 0; i < size; i++) {
                    text.append(i > 0 ? draw.of(",", " , ") : "")
                            .append(jsonString())
                            .append(draw.of(":", " : "))
                            .append(json(depth - 1));
                }
                yield text.append("}").toString();
            }
            default -> {
                StringBuilder text = new StringBuilder("[");
                int size = draw.below(5);
                for (int i = 0; i < size; i++) {
                    text.append(i > 0 ? "," : "").append(json(depth - 1));
                }
                yield text.append("]").toString();
            }
        };
    }

    private String jsonString() {
        return draw.of(
                "\"\"",
                "\"a\"",
                "\"b\"",
                "\"é世🚀\"",
                "\"\\u0041\\n\\\"\\\\\\/\"",
                "\"\\ud83d\\ude80\"",
                "\"\\ud83d\"",
                "\"\\u0000\"",
                "\"key" + draw.below(9) + "\"");
    }

    private String brokenJson() {
        String text = json(2);
        int at = draw.below(text.length() + 1);
        return text.substring(0, at)
                + draw.of("", ",", "}", "]", "\"", "\\", "x", "\u0001", "nul", "[", "-")
                + text.substring(Math.min(text.length(), at + draw.below(2)));
    }

    private String tagTable() {
        StringBuilder text =
                new StringBuilder(
                        "{Target = "
                                + draw.of(
                                        "ao.id",
                                        "Owner",
                                        "'" + Messages.PEER + "'",
                                        "nil",
                                        literals.value(0)));
        int count = draw.below(4);
        for (int i = 0; i < count; i++) {
            text.append(", [")
                    .append(
                            Literals.quote(
                                    draw.of(
                                            "Action",
                                            "Data",
                                            "Tags",
                                            "X-Tag",
                                            "Anchor",
                                            "Reference",
                                            "Type",
                                            "é",
                                            "",
                                            "Assignments",
                                            "Quantity",
                                            "device",
                                            "From-Process")))
                    .append("] = ")
                    .append(literals.value(1));
        }
        return text.append("}").toString();
    }

    private String send() {
        String table = tagTable();
        return draw.of(
                "p(function() local m = Send("
                        + table
                        + ") return type(m), #ao.outbox.Messages end)",
                "p(function() ao.send(" + table + ") return ao.reference or ao._ref end)",
                "for i = 1, "
                        + draw.between(1, 15)
                        + " do Send({Target = ao.id, Action = 'N', Number = tostring(i)}) end",
                "p(function() Send("
                        + table
                        + ").onReply(function(m) print('reply ' .. tostring(m.Data)) end) end)",
                "ao.clearOutbox() o(#ao.outbox.Messages)",
                "p(ao.assign, {Processes = {'"
                        + Messages.PEER
                        + "'}, Message = "
                        + literals.string()
                        + "})",
                "p(Assign, " + literals.value(1) + ")",
                "p(ao.log, " + literals.value(1) + ")");
    }

    private String spawn() {
        return draw.of(
                "p(function() ao.spawn('"
                        + Messages.MODULE
                        + "', "
                        + tagTable()
                        + ") return #ao.outbox.Spawns end)",
                "p(function() Spawn('"
                        + Messages.MODULE
                        + "', {Name = "
                        + literals.string()
                        + "}) return #ao.outbox.Spawns end)",
                "p(ao.spawn, " + literals.value(0) + ", " + literals.value(1) + ")");
    }

    private String handlers() {
        String name = Literals.quote(draw.of("h1", "h2", "h3", "Ping", "_eval"));
        String pattern =
                draw.of(
                        "{Action = 'Ping'}",
                        "{Action = '^N'}",
                        "function(m) return m.Action == 'Ping' end",
                        "Handlers.utils.hasMatchingTag('Action', 'Note')",
                        "Handlers.utils.hasMatchingData('magic')",
                        "{Action = 'Ping', Number = '%d+'}",
                        "function(m) return "
                                + draw.of("'continue'", "true", "-1", "'skip'", "1")
                                + " end",
                        "{Action = '_'}",
                        "{Data = function(d) return #d > 5 end}",
                        "function(m) error('pattern') end",
                        "'Note'");
        String body =
                draw.of(
                        "function(m) COUNT = (COUNT or 0) + 1 print('got ' .. tostring(m.Data)) end",
                        "function(m) m.reply({Data = 'pong ' .. tostring(m.Data)}) end",
                        "function(m) Send({Target = m.From, Action = 'Pong', Data = m.Data}) end",
                        "function(m) error('handler') end",
                        "function(m) m.forward('" + Messages.PEER + "', {Note = 'passed'}) end",
                        "function(m) return m.Tags end",
                        "{[{Kind = 'a'}] = function(m) print('a') end, [{Kind = '_'}] = function(m) print('any') end}",
                        "Handlers.utils.reply('static')",
                        "nil");
        return draw.of(
                "p(Handlers.add, "
                        + name
                        + ", "
                        + pattern
                        + ", "
                        + body
                        + draw.of("", "", ", 1", ", 2", ", 'once'")
                        + ")",
                "p(Handlers."
                        + draw.of("prepend", "append", "once")
                        + ", "
                        + name
                        + ", "
                        + pattern
                        + ", "
                        + body
                        + ")",
                "p(Handlers." + draw.of("before", "after") + ", " + name + ")",
                "p(Handlers.remove, " + name + ")",
                "local n = {} for i, h in ipairs(Handlers.list) do n[i] = tostring(h.name) end o(table.concat(n, ','))",
                "o(#Inbox, Inbox[#Inbox] and Inbox[#Inbox].Data)",
                "o(COUNT, #Handlers.list, ao.id, Owner, Name)",
                "Inbox = {}",
                "local m = Receive({Action = 'Ping'}) print('received ' .. tostring(m.Data))",
                "Prompt = function() return " + literals.string() + " end");
    }

    private String digests() {
        String digest =
                draw.of(
                        "sha2_256",
                        "sha2_512",
                        "sha3_256",
                        "sha3_512",
                        "keccak256",
                        "keccak512",
                        "md5",
                        "sha1",
                        "blake2b");
        return draw.of(
                "p(function(s) return require('.crypto').digest."
                        + digest
                        + "(s).asHex() end, "
                        + literals.string()
                        + ")",
                "p(function(s) local b = require('.base64') local e = b.encode(s) return e, b.decode(e) == s end, "
                        + literals.string()
                        + ")",
                "p(function(s) return hex(require('.base64').decode(s)) end, "
                        + Literals.quote(draw.of("aGk=", "aGVsbG8", "!!!!", "=", "", "AAAA"))
                        + ")",
                "p(function() local c = require('.crypto') local a = c.utils.array return c.mac.createHmac(a.fromString("
                        + literals.string()
                        + "), a.fromString('data')).asHex() end)");
    }

    private String numbers() {
        String digits =
                draw.of(
                        "123456789012345678901234567890",
                        "-5",
                        "0",
                        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
                        String.valueOf(draw.bits()),
                        "abc",
                        "1.5");
        return "p(function(a, b) local n = require('.bint')("
                + draw.of("64", "256", "512")
                + ") local x, y = n(a), n(b) return tostring(x "
                + draw.of("+", "-", "*", "//", "%", "&", "~", "<<", "^")
                + " y), tostring(x), x < y, n.tonumber(x) end, '"
                + digits
                + "', "
                + draw.of("'7'", "'-3'", "'0'", "'98765432109876543210'", literals.integer())
                + ")";
    }

    private String modules() {
        String value = literals.value(2);
        return draw.of(
                "p(require('.pretty').tprint, " + value + ")",
                "p(require('.stringify').format, " + value + ")",
                "p(require('.utils').map, function(x) return x end, " + value + ")",
                "p(require('.utils').reduce, function(a, b) return a + b end, 0, {1, 2, "
                        + literals.value(0)
                        + "})",
                "p(require('.utils').matchesPattern or print, {Action = '_'}, {Action = "
                        + literals.value(0)
                        + "})",
                "o(ao.env.Process.Tags.Name, ao.env.Module and ao.env.Module.Id, ao._module, ao.authorities and #ao.authorities)",
                "p(ao.normalize or print, {Tags = {{name = 'A', value = 'b'}}})",
                "p(ao.sanitize or print, " + tagTable() + ")",
                "p(ao.isTrusted, {From = Owner, Owner = Owner})",
                "p(ao.isAssignment or print, {Target = " + literals.value(0) + "})",
                "o(Errors and #Errors, ao._version or ao.version, Version)");
    }
}
