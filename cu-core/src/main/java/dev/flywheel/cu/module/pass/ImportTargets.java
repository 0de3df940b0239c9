package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.InstructionReader;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Element;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sends every use of some imported functions to functions of the module's own. */
final class ImportTargets {
    private ImportTargets() {}

    /**
     * Changes calls, references, table entries, exports and start. To be done before the new
     * functions are added, which may well use the imports.
     *
     * @param targets from the index of an imported function to that of the one in its place
     */
    static void retarget(WasmModule module, Map<Integer, Integer> targets)
            throws MalformedModuleException {
        WasmOutput out = new WasmOutput(1 << 12);
        for (Function function : module.functions) {
            function.code = retarget(function.code, targets, out);
        }
        for (int i = 0; i < module.elements.size(); i++) {
            Element element = module.elements.get(i);
            int[] functions = element.functions().clone();
            for (int k = 0; k < functions.length; k++) {
                functions[k] = targets.getOrDefault(functions[k], functions[k]);
            }
            List<Bytes> expressions = new ArrayList<>(element.expressions().size());
            for (Bytes expression : element.expressions()) {
                expressions.add(retarget(expression, targets, out));
            }
            module.elements.set(i, element.with(functions, expressions));
        }
        for (int i = 0; i < module.globals.size(); i++) {
            WasmModule.Global global = module.globals.get(i);
            Bytes init = retarget(global.init(), targets, out);
            module.globals.set(i, new WasmModule.Global(global.kind(), init));
        }
        module.exports.replaceAll(
                export ->
                        export.kind() == Kind.FUNCTION
                                ? new Export(
                                        export.name(),
                                        Kind.FUNCTION,
                                        targets.getOrDefault(export.index(), export.index()))
                                : export);
        Integer start = module.start;
        if (start != null) {
            module.start = targets.getOrDefault(start, start);
        }
    }

    /** The same code when it uses none of them. */
    private static Bytes retarget(Bytes code, Map<Integer, Integer> targets, WasmOutput out)
            throws MalformedModuleException {
        InstructionReader in = new InstructionReader(code);
        int copied = code.offset();
        out.clear();
        while (in.next()) {
            int opcode = in.opcode();
            if (opcode == Opcodes.CALL || opcode == Opcodes.REF_FUNC) {
                Integer target = targets.get(in.index());
                if (target != null) {
                    out.bytes(in.between(copied, in.start())).opcode(opcode, target);
                    copied = in.end();
                }
            }
        }
        if (copied == code.offset()) {
            return code;
        }
        return out.bytes(in.between(copied, in.end())).toBytes();
    }
}
