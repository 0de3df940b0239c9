package dev.flywheel.cu.guest.host;

import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.ValueType;
import java.util.Map;

/**
 * The imports that hosts of AO guests answer, each with the numbers of parameters that its forms
 * have: 32-bit builds give some 64-bit numbers in two halves.
 */
public final class ImportNames {

    /** The fewest and the most parameters. */
    private record Arity(int least, int most) {}

    private static final Map<String, Arity> ARITIES =
            Map.ofEntries(
                    one("__asyncjs__weavedrive_open", 2),
                    one("__asyncjs__weavedrive_read", 3),
                    one("__asyncjs__weavedrive_close", 1),
                    one("strftime", 4),
                    one("strftime_l", 5),
                    one("exit", 1),
                    one("abort", 0),
                    one("_abort_js", 0),
                    one("__assert_fail", 4),
                    one("__cxa_throw", 3),
                    one("emscripten_err", 1),
                    one("system", 1),
                    one("_emscripten_system", 1),
                    one("emscripten_get_heap_max", 0),
                    one("emscripten_resize_heap", 1),
                    one("_emscripten_memcpy_js", 3),
                    one("emscripten_memcpy_js", 3),
                    one("emscripten_memcpy_big", 3),
                    one("getTempRet0", 0),
                    one("setTempRet0", 1),
                    one("metering_gasUsed", 0),
                    one("_dlopen_js", 1),
                    one("_dlsym_js", 2),
                    one("_dlinit", 1),
                    one("_mmap_js", 6),
                    one("_munmap_js", 6),
                    one("emscripten_date_now", 0),
                    one("_emscripten_date_now", 0),
                    one("emscripten_get_now", 0),
                    one("_emscripten_get_now_is_monotonic", 0),
                    two("_gmtime_js", 2, 3),
                    two("_localtime_js", 2, 3),
                    one("_mktime_js", 1),
                    two("_tzset_js", 3, 4),
                    one("environ_sizes_get", 2),
                    one("environ_get", 2),
                    one("fd_close", 1),
                    one("fd_read", 4),
                    one("fd_write", 4),
                    two("fd_seek", 4, 5),
                    one("fd_sync", 1),
                    one("fd_fdstat_get", 2),
                    one("__syscall_openat", 4),
                    one("__syscall_stat64", 2),
                    one("__syscall_lstat64", 2),
                    one("__syscall_fstat64", 2),
                    one("__syscall_newfstatat", 4),
                    one("__syscall_fcntl64", 3),
                    one("__syscall_ioctl", 3),
                    one("__syscall_dup3", 3),
                    one("__syscall_unlinkat", 3),
                    one("__syscall_rmdir", 1),
                    one("__syscall_renameat", 4),
                    one("__syscall_mkdirat", 3),
                    one("__syscall_faccessat", 4),
                    one("__syscall_readlinkat", 4),
                    one("__syscall_getcwd", 2),
                    one("__syscall_chmod", 2),
                    one("__syscall_fchmod", 2),
                    one("__syscall_fchown32", 3),
                    one("__syscall_utimensat", 4),
                    two("__syscall_ftruncate64", 2, 3),
                    one("_emscripten_throw_longjmp", 0));

    private ImportNames() {}

    private static Map.Entry<String, Arity> one(String name, int count) {
        return two(name, count, count);
    }

    private static Map.Entry<String, Arity> two(String name, int least, int most) {
        return Map.entry(name, new Arity(least, most));
    }

    /** Whether a host has such a function: of that name, over numbers, with that many. */
    public static boolean isKnown(String name, FunctionType type) {
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
        int count = type.parameters().size();
        return arity != null
                && count >= arity.least
                && count <= arity.most
                && type.parameters().stream()
                        .noneMatch(t -> t == ValueType.F32 || t == ValueType.F64);
    }
}
