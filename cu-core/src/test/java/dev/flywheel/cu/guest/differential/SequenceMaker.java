package dev.flywheel.cu.guest.differential;

import java.util.ArrayList;
import java.util.List;

/** Draws sequences: a process and some messages for it. */
public final class SequenceMaker {
    /**
     * In a cycle of so many, each module has its places; the first half, which is what a short run
     * has, holds few modules, since each takes seconds to compile.
     */
    private static final int CYCLE = 100;

    /** First messages of a metered process take the reference seconds: few different ones. */
    private static final int METERED_SPAWN_RUN = 500;

    private static final int SPAWN_TAG_CHARS_MAX = 700;

    private final int index;
    private final Draw draw;
    private final TextStatements texts;
    private final TableStatements tables;
    private final ControlStatements controls;
    private final HostStatements hosts;
    private final AosStatements aos;
    private final SqlStatements sql;
    private final HeavyStatements heavy;
    private final RandomProgram programs;
    private final Literals literals;

    private SequenceMaker(long seed, int index) {
        this.index = index;
        // Neighbouring numbers must not give neighbouring streams: the first draw is far from both.
        this.draw = new Draw(new Draw(seed * 1_000_003 + index).seed());
        this.literals = new Literals(draw);
        this.texts = new TextStatements(draw, literals);
        this.tables = new TableStatements(draw, literals);
        this.controls = new ControlStatements(draw, literals, texts);
        this.hosts = new HostStatements(draw, literals);
        this.aos = new AosStatements(draw, literals);
        this.sql = new SqlStatements(draw);
        this.heavy = new HeavyStatements(draw);
        this.programs = new RandomProgram(draw, literals);
    }

    /** The sequence of this number in a run of this seed. */
    public static Sequence sequence(long seed, int index) {
        return new SequenceMaker(seed, index).make();
    }

    private Sequence make() {
        int place = index % CYCLE;
        boolean metered = place % 25 == 7 || place % 25 == 19;
        String module =
                switch (place) {
                    case 28 -> "aos2_0_1";
                    case 53, 60 -> "aos2_0_3";
                    case 64, 78 -> "aos";
                    case 72, 85, 97 -> "sqlite";
                    default -> place % 5 == 1 || place % 5 == 4 ? "aos2_0_4_32" : "aos2_0_6";
                };
        int spawn = metered ? index / METERED_SPAWN_RUN * 40 : draw.below(SPAWN_TAG_CHARS_MAX);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(Step.Kind.SPAWN, List.of(), "1984", List.of()));
        boolean database = module.equals("sqlite") && draw.percent(80);
        if (database) {
            steps.add(Step.program(List.of(SqlStatements.open())));
        }
        int count = draw.between(3, 8);
        for (int i = 0; i < count; i++) {
            steps.add(step(metered, database));
        }
        return new Sequence(index, module, metered, spawn, steps);
    }

    private Step step(boolean metered, boolean database) {
        int choice = draw.below(100);
        if (choice < 78) {
            return program(metered, database);
        }
        if (choice < 85) {
            return Step.source(source());
        }
        return message(metered);
    }

    private Step program(boolean metered, boolean database) {
        List<String> statements = new ArrayList<>();
        int count = draw.between(1, 12);
        for (int i = 0; i < count; i++) {
            statements.add(database && draw.percent(60) ? sql.statement() : statement(metered));
        }
        if (draw.percent(12)) {
            statements.add(draw.between(0, statements.size()), "do " + controls.failure() + " end");
        }
        if (metered && draw.percent(5)) {
            statements.add("while true do end");
        }
        return Step.program(statements);
    }

    private String statement(boolean metered) {
        int choice = draw.below(100);
        if (choice < 25) {
            return texts.statement();
        }
        if (choice < 42) {
            return tables.statement();
        }
        if (choice < 58) {
            return controls.statement();
        }
        if (choice < 68) {
            return hosts.statement();
        }
        if (choice < 84) {
            return aos.statement();
        }
        return choice < 98 || metered ? programs.chunk() : heavy.statement();
    }

    /** What an owner might type. */
    private String source() {
        return switch (draw.below(8)) {
            case 0 -> texts.mangled();
            case 1 -> literals.any();
            case 2 -> "return " + literals.value(3);
            case 3 ->
                    "print(" + literals.value(2) + ") return " + literals.values(draw.below(3) + 1);
            case 4 -> controls.failure();
            case 5 ->
                    draw.of(
                            "",
                            "--",
                            "return",
                            "Inbox",
                            "Handlers",
                            "ao.env",
                            "#Inbox",
                            "_G",
                            "nil");
            case 6 ->
                    draw.percent(30)
                            ? "os.exit(" + draw.of("", "0", "3", "true") + ")"
                            : "return " + literals.bytes(draw.below(60));
            default -> "local t = " + literals.value(2) + " G1 = t return t";
        };
    }

    private Step message(boolean metered) {
        Step.Kind kind =
                draw.of(
                        List.of(
                                Step.Kind.OWNER,
                                Step.Kind.TRUSTED,
                                Step.Kind.TRUSTED,
                                Step.Kind.STRANGER,
                                Step.Kind.CRON));
        List<String> tags = new ArrayList<>();
        int count = draw.between(1, 4);
        for (int i = 0; i < count; i++) {
            tags.add(
                    draw.of(
                            "Action",
                            "Action",
                            "Number",
                            "Kind",
                            "X-Reference",
                            "Reference",
                            "Pushed-For",
                            "é",
                            "",
                            "From",
                            "Data",
                            "Quantity",
                            "Cron",
                            "Tags"));
            tags.add(
                    draw.percent(60)
                            ? draw.of("Ping", "Note", "N", "a", "1", "2", "17", "Balance", "Eval")
                            : literals.words());
        }
        String data =
                draw.percent(4) && !metered
                        ? draw.of("x", "é", "\"", "\u0001", "ab\n")
                                .repeat(draw.between(1000, 400_000))
                        : draw.percent(10) ? "a\ud800b" : literals.words();
        return new Step(kind, List.of(), data, tags);
    }
}
