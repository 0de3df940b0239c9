package dev.flywheel.node.cli;

import dev.flywheel.wasmtime.ExternType;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GlobalType;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.TableType;
import dev.flywheel.wasmtime.TagType;
import java.util.Locale;
import java.util.OptionalLong;

/** What an import or export is, in the words of the text format. */
final class EntityText {
    private EntityText() {}

    static String of(ExternType type) {
        return switch (type) {
            case FunctionType function -> "func " + function;
            case MemoryType memory ->
                    "memory "
                            + (memory.is64() ? "i64 " : "")
                            + range(memory.minimumPages(), memory.maximumPages());
            case TableType table ->
                    "table "
                            + range(table.minimum(), table.maximum())
                            + " "
                            + lower(table.element().name());
            case GlobalType global ->
                    "global " + (global.mutable() ? "mut " : "") + lower(global.content().name());
            case TagType tag -> "tag " + tag.payload();
        };
    }

    private static String range(long minimum, OptionalLong maximum) {
        return maximum.isPresent()
                ? minimum + ".." + Long.toUnsignedString(maximum.getAsLong())
                : minimum + "..";
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** A foreign name for a terminal: without control characters. */
    static String clean(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
