package dev.flywheel.cu.guest.differential;

/**
 * What reaches the host: clock, dates, files, environment, random numbers, memory.
 *
 * <p>Left out, since the reference does not answer or not twice the same: {@code io.tmpfile} (never
 * ends), real random bytes, and running programs (a 32-bit guest gets the operator's shell).
 */
final class HostStatements {
    private final Draw draw;
    private final Literals literals;

    HostStatements(Draw draw, Literals literals) {
        this.draw = draw;
        this.literals = literals;
    }

    String statement() {
        return switch (draw.below(10)) {
            case 0 -> clock();
            case 1, 2 -> date();
            case 3, 4 -> file();
            case 5 -> stream();
            case 6 -> random();
            case 7 -> garbage();
            case 8 -> system();
            default -> modules();
        };
    }

    private String clock() {
        return draw.of(
                "o(os.time())",
                "o(os.clock())",
                "o(os.clock(), os.clock(), os.clock() - os.clock())",
                "o(os.tmpname())",
                "p(os.difftime, os.time(), " + literals.number() + ")",
                "o(#os.date())");
    }

    private String seconds() {
        return draw.of(
                "0",
                "-1",
                "1700000000",
                "1709210096",
                "951782400",
                "253402300799",
                "2^53",
                "-62135596800",
                "-59011459201",
                "8640000000000",
                "8640000000001",
                "-8640000000000",
                "1e13 // 1 | 0",
                String.valueOf(draw.between(-1_000_000_000, 1_000_000_000) * 2L),
                literals.number());
    }

    private String date() {
        String format =
                draw.of(
                        "%c",
                        "%x %X",
                        "%Y-%m-%d",
                        "%H:%M:%S",
                        "%j %U %W %V",
                        "%a %A %b %B",
                        "%p %I",
                        "%e|%D|%F",
                        "%g %G %C %y",
                        "%Z %z",
                        "%n%t%%",
                        "%Ec %EY %Od",
                        "%h %r %R %T",
                        "%u %w",
                        "%Q",
                        "%",
                        "%E",
                        "*t",
                        "%s",
                        "%5");
        String zone = draw.of("", "!");
        return draw.of(
                "p(os.date, " + Literals.quote(zone + format) + ", " + seconds() + ")",
                "p(function() local t = os.date('"
                        + zone
                        + "*t', "
                        + seconds()
                        + ") return t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst end)",
                "p(os.time, {year = "
                        + (draw.percent(80)
                                ? draw.between(-10, 3000)
                                : draw.between(-400_000, 400_000))
                        + ", month = "
                        + draw.between(-20, 40)
                        + ", day = "
                        + draw.between(-400, 400)
                        + ", hour = "
                        + draw.between(-50, 50)
                        + ", min = "
                        + draw.between(-100, 100)
                        + ", sec = "
                        + draw.between(-100, 100)
                        + ", isdst = "
                        + draw.of("nil", "true", "false")
                        + "})",
                "p(os.time, {year = "
                        + literals.value(0)
                        + ", month = 1, day = "
                        + literals.value(0)
                        + "})");
    }

    private String path() {
        return Literals.quote(
                draw.of(
                        "/tmp/x",
                        "/tmp/none",
                        "x.txt",
                        "",
                        "/dev/null",
                        "/dev/stdin",
                        "/data/x",
                        "/block/1",
                        "/proc/self/fd/1",
                        "/home/web_user/f",
                        "../x",
                        "/nope/y",
                        "/dev",
                        "/tmp/" + "n".repeat(draw.below(300)),
                        "é"));
    }

    private String file() {
        String mode =
                Literals.quote(draw.of("r", "w", "a", "r+", "w+", "a+", "rb", "wb", "x", "", "rw"));
        return draw.of(
                "p(io.open, " + path() + ", " + mode + ")",
                "p(function() local f, e, c = io.open("
                        + path()
                        + ", "
                        + mode
                        + ") if not f then return e, c end f:write('abc') f:close() return 'written' end)",
                "p(io.lines, " + path() + ")",
                "p(os.remove, " + path() + ")",
                "p(os.rename, " + path() + ", " + path() + ")",
                "p(io.input, " + path() + ")",
                "p(io.output, " + path() + ")",
                "p(dofile, " + path() + ")",
                "p(loadfile, " + path() + ")",
                "p(io.popen, 'ls')",
                "o(io.type(io.stdout), io.type(42), io.type({}))");
    }

    private String stream() {
        return draw.of(
                "p(io.write, " + literals.string() + ", " + literals.number() + ")",
                "p(io.stdout.write, io.stdout, " + literals.string() + ", '\\n')",
                "p(io.stderr.write, io.stderr, " + literals.value(0) + ")",
                "p(io.stdout.seek, io.stdout, "
                        + draw.of("'set'", "'cur'", "'end'", "'x'")
                        + ", "
                        + draw.between(-3, 9)
                        + ")",
                "p(io.stdout.setvbuf, io.stdout, "
                        + draw.of("'no'", "'full'", "'line'", "'x'")
                        + ")",
                "p(io.stdout.flush, io.stdout)",
                "p(io.read, " + draw.of("'l'", "'n'", "'a'", "5", "0", "'L'", "'x'") + ")",
                "p(io.stdin.lines, io.stdin)",
                "print(" + literals.values(draw.between(1, 3)) + ")",
                "io.write(" + literals.string() + ") io.write('\\n')");
    }

    private String random() {
        return draw.of(
                "o(math.random())",
                "p(math.random, " + literals.integer() + ")",
                "p(math.random, " + draw.between(-10, 10) + ", " + literals.number() + ")",
                "p(math.randomseed, " + literals.number() + ")",
                "math.randomseed("
                        + draw.between(0, 100)
                        + ") o(math.random(1000), math.random(0))",
                "o(require('.chance').integer(1, " + draw.between(1, 100_000) + "))",
                "o(require('.chance').random())");
    }

    private String garbage() {
        return draw.of(
                "o(collectgarbage('count'))",
                "o(collectgarbage())",
                "p(collectgarbage, 'step', " + draw.between(0, 500) + ")",
                "p(collectgarbage, "
                        + draw.of(
                                "'stop'",
                                "'restart'",
                                "'isrunning'",
                                "'incremental'",
                                "'generational'",
                                "'x'")
                        + ")",
                "p(collectgarbage, 'setpause', " + draw.between(50, 400) + ")",
                "p(collectgarbage, 'setstepmul', " + draw.between(50, 400) + ")",
                "for i = 1, "
                        + draw.between(10, 3000)
                        + " do local t = {i, tostring(i)} end o(collectgarbage('count'))");
    }

    private String system() {
        return draw.of(
                "o(os.getenv("
                        + draw.of("'HOME'", "'PATH'", "'LANG'", "'TZ'", "'USER'", "'_'")
                        + "))",
                "p(os.setlocale, "
                        + draw.of("nil", "''", "'C'", "'POSIX'", "'de_DE.UTF-8'", "'x'")
                        + ", "
                        + draw.of("nil", "'all'", "'numeric'", "'time'", "'x'")
                        + ")",
                "o(_VERSION, math.maxinteger, string.len(package.path), package.config)",
                "p(function() local k = {} for n in pairs("
                        + draw.of(
                                "_G",
                                "package.loaded",
                                "string",
                                "os",
                                "io",
                                "ao",
                                "Handlers",
                                "debug",
                                "package")
                        + ") do k[#k + 1] = tostring(n) end return table.concat(k, ' ') end)");
    }

    /**
     * A module that is not there is looked for in nine places, each a call that unwinds the guest.
     */
    private String modules() {
        return draw.of(
                "p(require, "
                        + Literals.quote(
                                draw.of("nope", "a.b.c", "", "json", ".utils", "é", ".pretty"))
                        + ")",
                "p(package.searchpath, 'x', package.path)",
                "p(package.loadlib, 'x', '*')",
                "package.loaded.mine = {v = "
                        + literals.value(0)
                        + "} p(function() return require('mine').v end)",
                "package.preload.pre = function(...) "
                        + draw.of("return {...}", "error('in loader')", "")
                        + " end p(require, 'pre')");
    }
}
