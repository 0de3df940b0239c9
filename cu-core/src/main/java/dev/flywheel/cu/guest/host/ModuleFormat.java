package dev.flywheel.cu.guest.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Module-Format} tag: the family whose host functions and boot it asks for, and whether
 * the host adds gas counting. The tag binds, not the contents: a module of another family does not
 * run under it on the reference either.
 */
public record ModuleFormat(String tag, Family family, boolean metered) {

    private static final List<ModuleFormat> ALL =
            List.of(
                    new ModuleFormat("wasm32-unknown-emscripten", Family.V1, false),
                    new ModuleFormat("wasm32-unknown-emscripten2", Family.V2, false),
                    new ModuleFormat("wasm32-unknown-emscripten3", Family.E3, false),
                    new ModuleFormat("wasm32-unknown-emscripten4", Family.V4, false),
                    new ModuleFormat("wasm32-unknown-emscripten-metering", Family.V4, true),
                    new ModuleFormat(
                            "wasm64-unknown-emscripten-draft_2024_02_15", Family.V64, false),
                    new ModuleFormat(
                            "wasm64-unknown-emscripten-draft_2024_10_16-metering",
                            Family.V64,
                            true));

    /** The letters of the first format: given by one build of a fixed set of imports. */
    private static final Map<String, String> V1_IMPORTS =
            Map.ofEntries(
                    Map.entry("a", "_emscripten_date_now"),
                    Map.entry("b", "setTempRet0"),
                    Map.entry("c", "fd_close"),
                    Map.entry("d", "__syscall_fcntl64"),
                    Map.entry("e", "__syscall_unlinkat"),
                    Map.entry("f", "fd_write"),
                    Map.entry("g", "__syscall_openat"),
                    Map.entry("h", "getTempRet0"),
                    Map.entry("i", "_mktime_js"),
                    Map.entry("j", "_tzset_js"),
                    Map.entry("k", "emscripten_memcpy_big"),
                    Map.entry("l", "exit"),
                    Map.entry("m", "system"),
                    Map.entry("n", "strftime"),
                    Map.entry("o", "fd_seek"),
                    Map.entry("p", "_emscripten_throw_longjmp"),
                    Map.entry("q", "emscripten_resize_heap"),
                    Map.entry("r", "__syscall_lstat64"),
                    Map.entry("s", "__syscall_renameat"),
                    Map.entry("t", "__syscall_rmdir"),
                    Map.entry("u", "environ_get"),
                    Map.entry("v", "environ_sizes_get"),
                    Map.entry("w", "__syscall_dup3"),
                    Map.entry("x", "invoke_vii"),
                    Map.entry("y", "fd_read"),
                    Map.entry("z", "__syscall_ioctl"),
                    Map.entry("A", "_emscripten_get_now_is_monotonic"),
                    Map.entry("B", "_gmtime_js"),
                    Map.entry("C", "_localtime_js"),
                    Map.entry("D", "abort"));

    private static final Map<String, String> V1_EXPORTS =
            Map.ofEntries(
                    Map.entry("memory", "E"),
                    Map.entry("__wasm_call_ctors", "F"),
                    Map.entry("handle", "G"),
                    Map.entry("main", "H"),
                    Map.entry("__indirect_function_table", "I"),
                    Map.entry("malloc", "J"),
                    Map.entry("__errno_location", "K"),
                    Map.entry("setThrew", "L"),
                    Map.entry("stackSave", "M"),
                    Map.entry("stackRestore", "N"),
                    Map.entry("stackAlloc", "O"));

    /** The format of this tag, or null when there is none. */
    public static @Nullable ModuleFormat of(String tag) {
        for (ModuleFormat format : ALL) {
            if (format.tag.equals(tag)) {
                return format;
            }
        }
        return null;
    }

    /** All tags, for texts. */
    public static List<String> tags() {
        return ALL.stream().map(ModuleFormat::tag).toList();
    }

    /** What an import is called everywhere else. */
    public String importName(String module, String name) {
        return family == Family.V1 && module.equals("a")
                ? V1_IMPORTS.getOrDefault(name, name)
                : name;
    }

    /** Under which name the module exports what is called {@code name} everywhere else. */
    public String exportName(String name) {
        return family == Family.V1 ? V1_EXPORTS.getOrDefault(name, name) : name;
    }
}
