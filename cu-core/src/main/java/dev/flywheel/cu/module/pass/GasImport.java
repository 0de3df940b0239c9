package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmModule.OfType;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Modules that were metered when they were built call {@code metering.usegas} before each piece of
 * code, an import in the reference. Here the function stands in the module and takes from the same
 * global as {@link Metering}:
 *
 * <pre>
 * func usegas(amount)
 *   left = flywheel.gas - amount;  flywheel.gas = left;  if (left &lt; 0) unreachable
 * </pre>
 *
 * The amount is signed, and a negative one gives gas back, as there. The import stays, never
 * called.
 */
public final class GasImport implements ModulePass {
    private static final String MODULE = "metering";
    private static final String NAME = "usegas";

    @Override
    public String identity() {
        return "gas-import-1";
    }

    /** Whether this pass takes an import over. */
    public static boolean answers(WasmModule module, Import i) {
        if (!i.isFunction() || !i.module().equals(MODULE) || !i.name().equals(NAME)) {
            return false;
        }
        Signature type = module.types.get(((OfType) i.entity()).type());
        return type.results().length() == 0
                && type.parameters().length() == 1
                && (type.parameters().at(0) == WasmTypes.I32
                        || type.parameters().at(0) == WasmTypes.I64);
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        List<Import> imported = module.imports.stream().filter(Import::isFunction).toList();
        Map<Integer, Integer> targets = new HashMap<>();
        Function function = null;
        for (int index = 0; index < imported.size(); index++) {
            Import each = imported.get(index);
            if (answers(module, each)) {
                if (function != null) {
                    throw new MalformedModuleException(0, "two imports of " + MODULE + "." + NAME);
                }
                int type = ((OfType) each.entity()).type();
                boolean wide = module.types.get(type).parameters().at(0) == WasmTypes.I64;
                function = charge(type, wide, Metering.addGasGlobal(module));
                targets.put(index, imported.size() + module.functions.size());
            }
        }
        if (function == null) {
            return false;
        }
        ImportTargets.retarget(module, targets);
        module.functions.add(function);
        module.needSection(WasmModule.FUNCTION);
        module.needSection(WasmModule.CODE);
        return true;
    }

    private static Function charge(int type, boolean wide, int gas) {
        int left = 1;
        WasmOutput out = new WasmOutput(32);
        out.opcode(Opcodes.GLOBAL_GET, gas).opcode(Opcodes.LOCAL_GET, 0);
        if (!wide) {
            out.opcode(Opcodes.I64_EXTEND_I32_S);
        }
        out.opcode(Opcodes.I64_SUB).opcode(Opcodes.LOCAL_TEE, left);
        out.opcode(Opcodes.GLOBAL_SET, gas).opcode(Opcodes.LOCAL_GET, left);
        out.opcode(Opcodes.I64_CONST).signed(0).opcode(Opcodes.I64_LT_S);
        out.opcode(Opcodes.IF).u8(WasmTypes.EMPTY).opcode(Opcodes.UNREACHABLE);
        Bytes code = out.opcode(Opcodes.END).opcode(Opcodes.END).toBytes();
        return new Function(type, List.of(new Locals(1, WasmTypes.I64)), code);
    }
}
