package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.Evaluation;
import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.guest.GuestProcess;
import dev.flywheel.jmh.Interleaved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole evaluations beside the reference's loader, taken in turns, in wall time: what a message
 * costs with everything that keeps the process exact (pages tracked, memory kept for a failure to
 * come), against the loader as the reference's unit calls it (memory copied in and out), and
 * against the loader with one instance whose memory stays, which can undo nothing. Prints tables.
 * Run: {@code jmh/run.sh evaluation}; with {@code -- warm} or {@code -- MODULE...} a part of it.
 */
public final class EvaluationFigures {
    private static final List<String> MODULES =
            List.of("aos", "aos2_0_1", "aos2_0_3", "aos2_0_4_32", "aos2_0_6", "process", "sqlite");

    /** Work without copies: its name, the code, and how often in one round. */
    private record Work(String name, String code, int times) {}

    private static final List<Work> LUA =
            List.of(
                    new Work("`1+1`", "1+1", 100),
                    new Work(
                            "100,000 `pcall`s that return",
                            "local c=0 for i=1,100000 do if pcall(math.abs,-1) then c=c+1 end end return c",
                            1),
                    new Work(
                            "100,000 `pcall`s that fail",
                            "local c=0 for i=1,100000 do if not pcall(error,\"x\") then c=c+1 end end return c",
                            1),
                    new Work(
                            "loop of 10,000,000",
                            "local s=0 for i=1,10000000 do s=s+i%7 end return s",
                            1),
                    new Work(
                            "sort of 100,000",
                            "local t={} for i=1,100000 do t[i]=(i*7919)%100003 end table.sort(t) return t[1]",
                            1),
                    new Work(
                            "string of 100,000 parts",
                            "local t={} for i=1,100000 do t[#t+1]=tostring(i)..\":\"..i*2 end return #table.concat(t,\",\")",
                            1));

    private static final String TABLE =
            "db = db or require(\"lsqlite3\").open_memory() "
                    + "db:exec(\"DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, v REAL)\") ";

    private static final List<Work> SQL =
            List.of(
                    new Work(
                            "5,000 SQL inserts",
                            TABLE
                                    + "db:exec(\"BEGIN\") for i=1,5000 do db:exec(\"INSERT INTO t(name,v) VALUES('n\"..i..\"',\"..i..\")\") end"
                                    + " db:exec(\"COMMIT\") return 1",
                            1),
                    new Work(
                            "1,000 SQL selects by key, 20 sums of all",
                            "local s=0 for i=1,1000 do for v in db:urows(\"SELECT v FROM t WHERE id=\"..i) do s=s+v end end"
                                    + " for i=1,20 do for v in db:urows(\"SELECT sum(v) FROM t\") do s=s+v end end return s",
                            1));

    private static final int GOLDEN_ROUNDS = 2;
    private static final int WARM_ROUNDS = 7;

    private final Path root;
    private final LoaderPeer peer;

    private EvaluationFigures(Path root, LoaderPeer peer) {
        this.root = root;
        this.peer = peer;
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(System.getProperty("flywheel.root", "."));
        try (LoaderPeer peer = new LoaderPeer(root)) {
            System.out.println("Peer: " + peer.name() + ".\n");
            EvaluationFigures figures = new EvaluationFigures(root, peer);
            List<String> wanted = List.of(arguments);
            if (wanted.isEmpty()) {
                figures.golden(MODULES);
                figures.warm();
            } else if (wanted.equals(List.of("warm"))) {
                figures.warm();
            } else {
                figures.golden(wanted);
            }
        } catch (IOException e) {
            System.err.println("PEER MISSING for suite evaluation: " + e.getMessage());
            System.out.println("**Peer missing**: " + e.getMessage());
        }
    }

    /** The median message of the golden scenario, for each module. */
    private void golden(List<String> modules) throws Exception {
        Interleaved times = new Interleaved(List.of("Flywheel", "loader, copying"));
        for (String name : modules) {
            try (Modules module = new Modules(root, name, Modules.PLAIN)) {
                List<String> messages = new Scenario().golden();
                long[][] least = new long[2][messages.size()];
                for (int round = 0; round < GOLDEN_ROUNDS; round++) {
                    keepLeast(least[0], round, module.callAnew(p -> times(p, messages, true)));
                    var setting = new LoaderPeer.Setting(module.file(), module.format(), true);
                    keepLeast(least[1], round, evaluateByPeer(setting, messages, true));
                }
                for (int i = 0; i < messages.size(); i++) {
                    times.add(name, 0, least[0][i]);
                    times.add(name, 1, least[1][i]);
                }
            }
        }
        System.out.println(
                "## Golden scenario\n\nA new process and its 14 messages, each the less of "
                        + GOLDEN_ROUNDS
                        + " rounds in turns. Least / median message; goal: the median at least 20 times faster.\n");
        times.print(System.out);
        System.out.println();
    }

    private static void keepLeast(long[] least, int round, long[] times) {
        for (int i = 0; i < least.length; i++) {
            least[i] = round == 0 ? times[i] : Math.min(least[i], times[i]);
        }
    }

    private void warm() throws Exception {
        Interleaved times = new Interleaved(List.of("loader, no copies", "Flywheel"));
        warm("aos2_0_6", LUA, times);
        warm("sqlite", SQL, times);
        System.out.println(
                "## A warm process\n\nLeast / median of "
                        + WARM_ROUNDS
                        + " rounds in turns. The loader keeps its memory here and can undo nothing. Goal: at most 1.1.\n");
        times.print(System.out);
    }

    private void warm(String module, List<Work> works, Interleaved times) throws Exception {
        try (Modules modules = new Modules(root, module, Modules.PLAIN)) {
            Scenario scenario = new Scenario();
            var setting = new LoaderPeer.Setting(modules.file(), modules.format(), false);
            List<String> first = List.of(scenario.spawn(), scenario.eval("1+1"));
            modules.call(process -> times(process, first, true));
            evaluateByPeer(setting, first, true);
            for (int round = -1; round < WARM_ROUNDS; round++) {
                for (Work work : works) {
                    List<String> messages = new ArrayList<>();
                    for (int i = 0; i < work.times(); i++) {
                        messages.add(scenario.eval(work.code()));
                    }
                    long[] ours = modules.call(process -> times(process, messages, false));
                    long[] theirs = evaluateByPeer(setting, messages, false);
                    for (int i = 0; round >= 0 && i < ours.length; i++) {
                        times.add(work.name(), 0, theirs[i]);
                        times.add(work.name(), 1, ours[i]);
                    }
                }
            }
        }
    }

    private long[] evaluateByPeer(LoaderPeer.Setting setting, List<String> messages, boolean fresh)
            throws IOException {
        return peer.evaluate(setting, messages, Scenario.ENVIRONMENT, fresh);
    }

    private static long[] times(GuestProcess process, List<String> messages, boolean mayFail) {
        byte[] environment = Scenario.ENVIRONMENT.getBytes(UTF_8);
        long[] times = new long[messages.size()];
        for (int i = 0; i < times.length; i++) {
            long start = System.nanoTime();
            Evaluation got =
                    process.evaluate(
                            messages.get(i).getBytes(UTF_8),
                            environment,
                            EvaluationLimits.DEFAULTS);
            times[i] = System.nanoTime() - start;
            if (!mayFail && got.kind() != Evaluation.Kind.OK) {
                throw new IllegalStateException(got.kind() + " " + got.diagnostic());
            }
        }
        return times;
    }
}
