package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.Opcodes;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmModule.OfType;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmOutput;
import dev.flywheel.cu.module.binary.WasmTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * setjmp and longjmp inside the guest. Emscripten's guests call whatever may longjmp through the
 * imports {@code invoke_*}, and longjmp by the import {@code _emscripten_throw_longjmp}. Host
 * functions in their place would unwind through host frames at each Lua error, a hundred times
 * slower than the exceptions that stand here instead:
 *
 * <pre>
 * func invoke(index, arguments…)
 *   sp = emscripten_stack_get_current()
 *   block $caught
 *     try_table (catch $longjmp $caught)  call dynCall(index, arguments…)  end
 *     return
 *   end
 *   _emscripten_stack_restore(sp)
 *   setThrew(1, 0)      changes nothing after a real longjmp, which has set these already
 *   0                   where a result is asked for
 *
 * func throw  throw $longjmp
 * </pre>
 *
 * Traps and failures of the host are no exceptions and pass through. A longjmp without any {@code
 * invoke_*} around it leaves the guest as an uncaught exception.
 *
 * <p>The functions are appended and every use of the imports goes to them; the imports stay, never
 * called, so that no index moves. Metering comes before: what is added here costs no gas.
 */
public final class Longjmp implements ModulePass {

    /** The import that longjmps. */
    public static final String THROW = "_emscripten_throw_longjmp";

    /** What the names of protected calls begin with; their signature follows. */
    public static final String INVOKE = "invoke_";

    /** The module that the first format's imports come from, each by one letter. */
    private static final String FIRST_FORMAT = "a";

    /** What it calls the imports and exports that matter here. */
    private static final Map<String, String> FIRST_IMPORTS = Map.of("p", THROW, "x", "invoke_vii");

    private static final Map<String, String> FIRST_EXPORTS =
            Map.of("setThrew", "L", "stackSave", "M", "stackRestore", "N");

    private static final Signature NOTHING = new Signature(Bytes.EMPTY, Bytes.EMPTY);
    private static final int CATCH_TAG = 0;

    @Override
    public String identity() {
        return "longjmp-2";
    }

    /** Whether this pass takes an import over, in a module to which it applies. */
    public static boolean answers(WasmModule module, Import i) {
        return i.isFunction() && (isThrow(module, i) || isInvoke(i));
    }

    /**
     * Nothing is changed where C++ exceptions are caught: they come through {@code invoke_*} as
     * well and mean something else.
     */
    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        List<Import> imported = module.imports.stream().filter(Import::isFunction).toList();
        if (imported.stream().noneMatch(i -> isThrow(module, i))
                || imported.stream().anyMatch(i -> i.name().contains("cxa_find_matching_catch"))) {
            return false;
        }
        int tag = module.imported(Kind.TAG) + module.tags.size();
        module.tags.add(module.typeIndex(NOTHING));
        module.needSection(WasmModule.TAG);
        Map<Integer, Integer> targets = new HashMap<>();
        List<Function> added = new ArrayList<>();
        for (int index = 0; index < imported.size(); index++) {
            Import each = imported.get(index);
            if (isThrow(module, each)) {
                Bytes code =
                        new WasmOutput(8).opcode(Opcodes.THROW, tag).opcode(Opcodes.END).toBytes();
                added.add(new Function(type(each), List.of(), code));
            } else if (isInvoke(each)) {
                added.add(protectedCall(module, each, tag));
            } else {
                continue;
            }
            targets.put(index, imported.size() + module.functions.size() + added.size() - 1);
        }
        ImportTargets.retarget(module, targets);
        module.functions.addAll(added);
        module.needSection(WasmModule.FUNCTION);
        module.needSection(WasmModule.CODE);
        return true;
    }

    private static boolean isThrow(WasmModule module, Import i) {
        return name(i).equals(THROW) && module.types.get(type(i)).equals(NOTHING);
    }

    private static boolean isInvoke(Import i) {
        return name(i).startsWith(INVOKE);
    }

    /** What an import is called in the later formats. */
    private static String name(Import i) {
        return i.module().equals(FIRST_FORMAT)
                ? FIRST_IMPORTS.getOrDefault(i.name(), i.name())
                : i.name();
    }

    private static int type(Import i) {
        return ((OfType) i.entity()).type();
    }

    private static Function protectedCall(WasmModule module, Import invoke, int tag)
            throws MalformedModuleException {
        Signature type = module.types.get(type(invoke));
        Bytes parameters = type.parameters();
        if (parameters.length() == 0 || type.results().length() > 1) {
            throw malformed(invoke, "is no protected call");
        }
        int pointer = parameters.at(0);
        if (pointer != WasmTypes.I32 && pointer != WasmTypes.I64) {
            throw malformed(invoke, "takes no pointer first");
        }
        int savedStack = parameters.length();
        boolean wide = pointer == WasmTypes.I64;
        WasmOutput out = new WasmOutput(64);
        Bytes one = WasmModule.valueTypes(pointer);
        out.opcode(
                Opcodes.CALL,
                needed(
                        module,
                        invoke,
                        new Signature(Bytes.EMPTY, one),
                        "emscripten_stack_get_current",
                        "stackSave"));
        out.opcode(Opcodes.LOCAL_SET, savedStack);
        out.opcode(Opcodes.BLOCK).u8(WasmTypes.EMPTY);
        // The label counts from outside of the try_table.
        out.opcode(Opcodes.TRY_TABLE)
                .signed(module.blockType(new Signature(Bytes.EMPTY, type.results())));
        out.unsigned(1).u8(CATCH_TAG).unsigned(tag).unsigned(0);
        call(module, invoke, out);
        out.opcode(Opcodes.END).opcode(Opcodes.RETURN).opcode(Opcodes.END);
        out.opcode(Opcodes.LOCAL_GET, savedStack);
        out.opcode(
                Opcodes.CALL,
                needed(
                        module,
                        invoke,
                        new Signature(one, Bytes.EMPTY),
                        "_emscripten_stack_restore",
                        "stackRestore"));
        out.opcode(wide ? Opcodes.I64_CONST : Opcodes.I32_CONST).signed(1);
        out.opcode(Opcodes.I32_CONST).signed(0);
        Bytes threw = WasmModule.valueTypes(pointer, WasmTypes.I32);
        out.opcode(
                Opcodes.CALL,
                needed(module, invoke, new Signature(threw, Bytes.EMPTY), "setThrew"));
        if (type.results().length() == 1) {
            zero(invoke, type.results().at(0), out);
        }
        out.opcode(Opcodes.END);
        return new Function(type(invoke), List.of(new Locals(1, pointer)), out.toBytes());
    }

    /**
     * Calls the table entry. Where a {@code dynCall_*} is exported it is that which calls: asyncify
     * has instrumented it, so that it leaves a frame of its own in memory when the stack unwinds.
     */
    private static void call(WasmModule module, Import invoke, WasmOutput out)
            throws MalformedModuleException {
        Signature type = module.types.get(type(invoke));
        Bytes parameters = type.parameters();
        int[] shape = new int[parameters.length()];
        shape[0] = WasmTypes.I32;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = parameters.at(i);
        }
        String name = "dynCall_" + name(invoke).substring(INVOKE.length());
        int dynCall = module.exportedFunction(name);
        if (dynCall >= 0) {
            needed(
                    module,
                    invoke,
                    new Signature(WasmModule.valueTypes(shape), type.results()),
                    name);
            index(parameters, out);
        }
        for (int i = 1; i < parameters.length(); i++) {
            out.opcode(Opcodes.LOCAL_GET, i);
        }
        if (dynCall >= 0) {
            out.opcode(Opcodes.CALL, dynCall);
            return;
        }
        if (module.imported(Kind.TABLE) + module.tables.size() == 0) {
            throw malformed(invoke, "calls through a table, and there is none");
        }
        int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        Signature callee = new Signature(WasmModule.valueTypes(rest), type.results());
        index(parameters, out);
        out.opcode(Opcodes.CALL_INDIRECT, module.typeIndex(callee)).unsigned(0);
    }

    /** Tables have 32-bit indices, also where pointers have 64 bits. */
    private static void index(Bytes parameters, WasmOutput out) {
        out.opcode(Opcodes.LOCAL_GET, 0);
        if (parameters.at(0) == WasmTypes.I64) {
            out.opcode(Opcodes.I32_WRAP_I64);
        }
    }

    private static void zero(Import invoke, int type, WasmOutput out)
            throws MalformedModuleException {
        switch (type) {
            case WasmTypes.I32 -> out.opcode(Opcodes.I32_CONST).signed(0);
            case WasmTypes.I64 -> out.opcode(Opcodes.I64_CONST).signed(0);
            case WasmTypes.F32 -> out.opcode(Opcodes.F32_CONST).bytes(Bytes.of(new byte[4]));
            case WasmTypes.F64 -> out.opcode(Opcodes.F64_CONST).bytes(Bytes.of(new byte[8]));
            default -> throw malformed(invoke, "has a result that is no number");
        }
    }

    private static int needed(WasmModule module, Import invoke, Signature type, String... names)
            throws MalformedModuleException {
        for (String name : names) {
            int index = module.exportedFunction(exported(invoke, name));
            if (index >= 0) {
                if (!module.signature(index).equals(type)) {
                    throw malformed(invoke, "needs an exported function of another type: " + name);
                }
                return index;
            }
        }
        throw malformed(invoke, "needs an exported function " + String.join(" or ", names));
    }

    private static String exported(Import invoke, String name) {
        return invoke.module().equals(FIRST_FORMAT) ? FIRST_EXPORTS.getOrDefault(name, name) : name;
    }

    private static MalformedModuleException malformed(Import invoke, String what) {
        return new MalformedModuleException(0, "import " + invoke.name() + " " + what);
    }
}
