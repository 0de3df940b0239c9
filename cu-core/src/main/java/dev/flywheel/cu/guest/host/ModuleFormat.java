package dev.flywheel.cu.guest.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a module is served as: the family whose host functions and boot it gets, and whether the
 * host adds gas counting. This is the rule by which it is told:
 *
 * <ol>
 *   <li>A {@code Module-Format} tag binds, whatever the module looks like. The reference chooses
 *       its loader by the tag alone, and environment, heap and {@code main} differ between families
 *       in ways that no name shows; results must be the same. A module that this family's loader
 *       does not serve (it imports what that one does not have, or lacks what that one calls) fails
 *       there when it is loaded, and is refused here.
 *   <li>Without a tag, which the reference never runs, imports and exports tell the family: see
 *       {@link Family#of}. HyperBEAM's own modules come so.
 *   <li>Any other tag is refused, as there.
 * </ol>
 *
 * A module that calls {@code metering.usegas} itself is counted under each of them; the metering
 * tags refuse it, as there.
 */
public record ModuleFormat(String tag, Family family, boolean metered) {
    /** What {@link #importName} calls the import that takes gas. */
    public static final String GAS = "metering.usegas";

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

    /** Whether the host counts gas in modules with this tag, or with none when it is empty. */
    public static boolean isMetered(String tag) {
        ModuleFormat format = of(tag);
        return format != null && format.metered;
    }

    /** What a module without a tag is served as. */
    public static ModuleFormat untagged(Family family) {
        return new ModuleFormat("", family, false);
    }

    /** The tag under which a family's modules are published; empty when there is none. */
    public static String tagOf(Family family) {
        for (ModuleFormat format : ALL) {
            if (format.family == family) {
                return format.tag;
            }
        }
        return "";
    }

    /** All tags, for texts. */
    public static List<String> tags() {
        return ALL.stream().map(ModuleFormat::tag).toList();
    }

    /**
     * What an import is called everywhere else; null when this family's host has no such module.
     */
    public @Nullable String importName(String module, String name) {
        return switch (module) {
            case "metering" -> name.equals("usegas") ? GAS : null;
            case "a" -> family == Family.V1 ? V1_IMPORTS.get(name) : null;
            case "env", "wasi_snapshot_preview1" -> family == Family.V1 ? null : name;
            default -> null;
        };
    }

    /** Under which name the module exports what is called {@code name} everywhere else. */
    public String exportName(String name) {
        return family == Family.V1 ? V1_EXPORTS.getOrDefault(name, name) : name;
    }
}
