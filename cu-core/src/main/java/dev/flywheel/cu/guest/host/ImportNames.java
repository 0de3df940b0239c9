package dev.flywheel.cu.guest.host;

import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.ValueType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The imports that hosts of AO guests answer: which family's host has which, as the reference's
 * loaders list them, and with how many parameters. 32-bit builds give some 64-bit numbers in two
 * halves.
 */
public final class ImportNames {
    /** Imports of the families v1 and v2 that later ones have under other names or not at all. */
    static final List<String> EARLY_ONLY =
            List.of(
                    "getTempRet0",
                    "setTempRet0",
                    "_emscripten_date_now",
                    "emscripten_memcpy_big",
                    "system");

    /** What begins the names of imports by which C++ exceptions are caught. */
    private static final String CAUGHT_EXCEPTIONS = "__cxa_find_matching_catch";

    /** The fewest and the most parameters. */
    private record Arity(int least, int most) {}

    private static final Map<String, Arity> ARITIES = new HashMap<>();
    private static final Map<Family, Set<String>> NAMES = new EnumMap<>(Family.class);

    static {
        // In every family but HyperBEAM's, whose host answers a call of anything.
        String all =
                "exit:1 strftime:4 emscripten_resize_heap:1 _emscripten_get_now_is_monotonic:0"
                        + " _gmtime_js:2-3 _localtime_js:2-3 _mktime_js:1 _tzset_js:3-4"
                        + " environ_sizes_get:2 environ_get:2 fd_close:1 fd_read:4 fd_write:4"
                        + " fd_seek:4-5 __syscall_openat:4 __syscall_lstat64:2 __syscall_fcntl64:3"
                        + " __syscall_ioctl:3 __syscall_dup3:3 __syscall_unlinkat:3 __syscall_rmdir:1"
                        + " __syscall_renameat:4";
        String early =
                " system:1 emscripten_memcpy_big:3 getTempRet0:0 setTempRet0:1"
                        + " _emscripten_date_now:0 abort:0";
        String files =
                " __syscall_stat64:2 __syscall_fstat64:2 __syscall_newfstatat:4"
                        + " __syscall_mkdirat:3 __syscall_faccessat:4 __syscall_readlinkat:4"
                        + " __syscall_getcwd:2 __syscall_chmod:2 __syscall_fchmod:2"
                        + " __syscall_fchown32:3 __syscall_utimensat:4 __syscall_ftruncate64:2-3"
                        + " fd_sync:1 fd_fdstat_get:2 _munmap_js:6-7 emscripten_get_heap_max:0"
                        + " emscripten_get_now:0";
        String later = " _emscripten_system:1 emscripten_date_now:0";
        String asyncify =
                " __asyncjs__weavedrive_open:2 __asyncjs__weavedrive_read:3"
                        + " __asyncjs__weavedrive_close:1 __cxa_throw:3 _abort_js:0"
                        + " _emscripten_memcpy_js:3 metering_gasUsed:0 strftime_l:5"
                        + " __assert_fail:4";
        put(Family.V1, all + early);
        put(
                Family.V2,
                all
                        + early
                        + files
                        + " __assert_fail:4 _mmap_js:6 _dlinit:1 _dlopen_js:1 _dlsym_js:2");
        put(Family.E3, all + files + later + " abort:0 _mmap_js:8 emscripten_memcpy_js:3");
        put(Family.V4, all + files + later + asyncify);
        put(Family.V64, all + files + later + asyncify + " emscripten_err:1");
        put(Family.HB, "proc_exit:1 clock_time_get:3");
    }

    private ImportNames() {}

    private static void put(Family family, String names) {
        Set<String> known = new HashSet<>();
        for (String each : names.split(" ")) {
            int colon = each.indexOf(':');
            String name = each.substring(0, colon);
            String[] counts = each.substring(colon + 1).split("-");
            int least = Integer.parseInt(counts[0]);
            int most = Integer.parseInt(counts[counts.length - 1]);
            known.add(name);
            ARITIES.merge(
                    name,
                    new Arity(least, most),
                    (a, b) -> new Arity(Math.min(a.least, b.least), Math.max(a.most, b.most)));
        }
        NAMES.put(family, Set.copyOf(known));
    }

    /**
     * Whether the host of this family has such a function: of that name, over numbers, with that
     * many.
     */
    public static boolean isKnown(Family family, String name, FunctionType type) {
        boolean numbers =
                type.parameters().stream().allMatch(ValueType::isNumber)
                        && type.results().stream().allMatch(ValueType::isNumber)
                        && type.results().size() <= 1;
        if (!numbers) {
            return false;
        }
        if (ProcessCalls.isProtectedCall(name)) {
            return true;
        }
        Arity arity = ARITIES.get(name);
        boolean has = family == Family.HB || NAMES.getOrDefault(family, Set.of()).contains(name);
        int count = type.parameters().size();
        return arity != null
                && has
                && count >= arity.least
                && count <= arity.most
                && type.parameters().stream()
                        .noneMatch(t -> t == ValueType.F32 || t == ValueType.F64);
    }

    /** Whether a module that imports this catches C++ exceptions with its host's help. */
    public static boolean catchesExceptions(String name) {
        return name.startsWith(CAUGHT_EXCEPTIONS);
    }
}
