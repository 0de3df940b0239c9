package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Data;
import dev.flywheel.cu.module.binary.WasmModule.Element;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.OfType;

/**
 * Checks outside of code that every index points to something, so that passes may follow them.
 * Found after all sections are read, so errors tell the end of the binary.
 */
final class IndexCheck {

    private final WasmModule module;
    private final long end;

    IndexCheck(WasmModule module, long end) {
        this.module = module;
        this.end = end;
    }

    void check() throws MalformedModuleException {
        for (Import i : module.imports) {
            if (i.entity() instanceof OfType of) {
                type(of.type());
            }
        }
        for (Function function : module.functions) {
            type(function.type);
        }
        for (int tag : module.tags) {
            type(tag);
        }
        for (Export export : module.exports) {
            index(export.kind().name(), export.index(), module.count(export.kind()));
        }
        Integer start = module.start;
        if (start != null) {
            index("start function", start, module.count(Kind.FUNCTION));
        }
        if (module.count(Kind.MEMORY) > ModuleLimits.MEMORIES_MAX
                || module.count(Kind.TABLE) > ModuleLimits.TABLES_MAX) {
            throw malformed("too many memories or tables, imported ones counted");
        }
        for (Element element : module.elements) {
            if ((element.flags() & 1) == 0) {
                index("table", element.table(), module.count(Kind.TABLE));
            }
            for (int function : element.functions()) {
                index("function", function, module.count(Kind.FUNCTION));
            }
        }
        for (Data data : module.data) {
            if (data.flags() != 1) {
                index("memory", data.memory(), module.count(Kind.MEMORY));
            }
        }
        if (module.hasSection(WasmModule.DATA_COUNT) && module.dataCount != module.data.size()) {
            throw malformed(
                    "data segments are miscounted: count="
                            + module.dataCount
                            + " segments="
                            + module.data.size());
        }
    }

    private void type(int index) throws MalformedModuleException {
        index("type", index, module.types.size());
    }

    private void index(String what, int index, int size) throws MalformedModuleException {
        if (index >= size) {
            throw malformed(
                    "index points to nothing: of="
                            + what.toLowerCase(java.util.Locale.ROOT)
                            + " index="
                            + index
                            + " size="
                            + size);
        }
    }

    private MalformedModuleException malformed(String reason) {
        return new MalformedModuleException(end, reason);
    }
}
