package dev.flywheel.cu.guest.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * Each call on files that Lua has, with each of the paths that are somehow special, and each
 * renamed to each other; the root is not (docs/compatibility.md). Not drawn: what differs there is
 * seen in one run.
 */
public final class FileSequences {
    private static final List<String> MODULES = List.of("aos", "aos2_0_4_32", "aos2_0_6");

    private static final List<String> PATHS =
            List.of(
                    "/",
                    "",
                    ".",
                    "/tmp",
                    "/tmp/",
                    "/tmp/x",
                    "/tmp/none/y",
                    "/data",
                    "/data/x",
                    "/dev",
                    "/dev/null",
                    "/dev/null/x",
                    "/dev/stdin",
                    "/dev/tty1",
                    "/dev/urandom",
                    "/dev/shm/tmp",
                    "/home/web_user",
                    "/proc/self",
                    "/proc/self/fd/1",
                    "/proc/self/fd/9",
                    "/proc/self/fd/x",
                    "/proc/self/fd/1/x");

    /** Where the reference looks for a file below a file first differs by module, not by rule. */
    private static final List<String> RENAMED =
            PATHS.subList(PATHS.indexOf("/tmp"), PATHS.size()).stream()
                    .filter(path -> !path.equals("/dev/null/x"))
                    .toList();

    private static final List<String> CALLS =
            List.of(
                    "p(function() local f, e, c = io.open(%s, 'r') if not f then return e, c end"
                            + " return f:seek('end'), f:close() end)",
                    "p(function() local f, e, c = io.open(%s, 'r+') if not f then return e, c end"
                            + " return f:close() end)",
                    "p(io.lines, %s)",
                    "p(loadfile, %s)",
                    "p(function() local f, e, c = io.open(%s, 'a') if not f then return e, c end"
                            + " f:write('abc') return f:close() end)",
                    "p(os.remove, %s)",
                    "p(function() local f, e, c = io.open(%s, 'w') if not f then return e, c end"
                            + " f:write('abc') return f:close() end)");

    /** One for each call on each module; on the last one also each path renamed. */
    public static List<Sequence> all() {
        List<Sequence> all = new ArrayList<>();
        for (String module : MODULES) {
            for (String call : CALLS) {
                List<String> statements = new ArrayList<>();
                for (String path : PATHS) {
                    if (call.contains("os.remove") && path.equals("/")) {
                        continue; // differs: docs/compatibility.md
                    }
                    statements.add(call.formatted(Literals.quote(path)));
                }
                add(all, module, statements);
            }
        }
        for (String from : RENAMED) {
            List<String> statements = new ArrayList<>();
            for (String to : RENAMED) {
                statements.add(
                        "p(os.rename, %s, %s)".formatted(Literals.quote(from), Literals.quote(to)));
            }
            add(all, MODULES.getLast(), statements);
        }
        return all;
    }

    private static void add(List<Sequence> to, String module, List<String> statements) {
        Step spawn = new Step(Step.Kind.SPAWN, List.of(), "1984", List.of());
        List<Step> steps = List.of(spawn, Step.program(statements));
        to.add(new Sequence(to.size(), module, false, 0, steps));
    }

    private FileSequences() {}
}
