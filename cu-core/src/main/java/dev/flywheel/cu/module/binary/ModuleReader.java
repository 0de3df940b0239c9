package dev.flywheel.cu.module.binary;

import dev.flywheel.cu.module.binary.WasmModule.Data;
import dev.flywheel.cu.module.binary.WasmModule.Element;
import dev.flywheel.cu.module.binary.WasmModule.Entity;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.binary.WasmModule.Function;
import dev.flywheel.cu.module.binary.WasmModule.Global;
import dev.flywheel.cu.module.binary.WasmModule.GlobalKind;
import dev.flywheel.cu.module.binary.WasmModule.Import;
import dev.flywheel.cu.module.binary.WasmModule.Kind;
import dev.flywheel.cu.module.binary.WasmModule.Limits;
import dev.flywheel.cu.module.binary.WasmModule.Locals;
import dev.flywheel.cu.module.binary.WasmModule.Memory;
import dev.flywheel.cu.module.binary.WasmModule.OfType;
import dev.flywheel.cu.module.binary.WasmModule.Section;
import dev.flywheel.cu.module.binary.WasmModule.Signature;
import dev.flywheel.cu.module.binary.WasmModule.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a binary apart. Every count is held against its limit and against the bytes that are left
 * before anything is allocated for it; every index that our passes follow is checked.
 */
public final class ModuleReader {

    private static final int HEADER_BYTES = 8;
    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};

    /** First byte of a table that is filled with a value of its own. */
    private static final int TABLE_WITH_VALUE = 0x40;

    private final WasmModule module = new WasmModule();
    private final Bytes binary;
    private final List<Integer> declared = new ArrayList<>();
    private WasmInput in;

    private ModuleReader(Bytes binary) {
        this.binary = binary;
        this.in = new WasmInput(binary);
    }

    /**
     * Reads a binary, which is not copied: it must not change while the module is in use.
     *
     * @throws MalformedModuleException if it is not well formed, or passes a limit
     */
    public static WasmModule read(byte[] wasm) throws MalformedModuleException {
        if (wasm.length > (long) ModuleLimits.MODULE_BYTES_MAX * ModuleLimits.REWRITTEN_FACTOR) {
            throw new MalformedModuleException(0, "module too large: bytes=" + wasm.length);
        }
        ModuleReader reader = new ModuleReader(Bytes.of(wasm));
        reader.readSections();
        new IndexCheck(reader.module, wasm.length).check();
        return reader.module;
    }

    private void readSections() throws MalformedModuleException {
        Bytes header = in.remaining() < HEADER_BYTES ? Bytes.EMPTY : in.bytes(HEADER_BYTES);
        if (!header.equals(Bytes.of(HEADER))) {
            throw new MalformedModuleException(0, "not a WebAssembly binary of version 1");
        }
        WasmInput whole = in;
        int last = -1;
        int customs = 0;
        while (whole.hasMore()) {
            int at = whole.position();
            int number = whole.u8();
            in = new WasmInput(whole.sized());
            if (number == WasmModule.CUSTOM) {
                if (++customs > ModuleLimits.CUSTOM_SECTIONS_MAX) {
                    throw new MalformedModuleException(at, "too many custom sections");
                }
                String name = in.name();
                module.order.add(new Section(number, name, in.bytes(in.remaining())));
                continue;
            }
            if (number > WasmModule.TAG || WasmModule.rank(number) <= last) {
                throw new MalformedModuleException(
                        at, "section unknown, doubled or out of order: number=" + number);
            }
            last = WasmModule.rank(number);
            module.order.add(new Section(number, "", Bytes.EMPTY));
            readSection(number);
            if (in.hasMore()) {
                throw in.malformed("section is longer than what it holds: number=" + number);
            }
        }
        if (declared.size() != module.functions.size()) {
            throw whole.malformed(
                    "functions without code: declared="
                            + declared.size()
                            + " bodies="
                            + module.functions.size());
        }
    }

    private void readSection(int number) throws MalformedModuleException {
        switch (number) {
            case WasmModule.TYPE -> types();
            case WasmModule.IMPORT -> imports();
            case WasmModule.FUNCTION -> functions();
            case WasmModule.TABLE -> tables();
            case WasmModule.MEMORY -> memories();
            case WasmModule.TAG -> tags();
            case WasmModule.GLOBAL -> globals();
            case WasmModule.EXPORT -> exports();
            case WasmModule.START -> module.start = in.u32();
            case WasmModule.ELEMENT -> elements();
            case WasmModule.DATA_COUNT -> module.dataCount = in.u32();
            case WasmModule.CODE -> code();
            case WasmModule.DATA -> data();
            default -> throw new IllegalStateException("section without a reader: " + number);
        }
    }

    private void types() throws MalformedModuleException {
        int count = in.count("types", ModuleLimits.TYPES_MAX);
        for (int i = 0; i < count; i++) {
            int form = in.u8();
            if (form != 0x60) {
                throw in.malformed(
                        "not a function type: form=0x" + hex(form) + Proposals.ofForm(form));
            }
            module.types.add(new Signature(valueTypes(), valueTypes()));
        }
    }

    private Bytes valueTypes() throws MalformedModuleException {
        Bytes types = in.bytes(in.count("values of a type", ModuleLimits.VALUES_MAX));
        for (int i = 0; i < types.length(); i++) {
            if (!WasmTypes.isValue(types.at(i))) {
                throw unsupported(types.at(i));
            }
        }
        return types;
    }

    private void imports() throws MalformedModuleException {
        int count = in.count("imports", ModuleLimits.IMPORTS_MAX);
        for (int i = 0; i < count; i++) {
            String from = in.name();
            String name = in.name();
            int kind = in.u8();
            Entity entity =
                    switch (kind) {
                        case 0 -> new OfType(Kind.FUNCTION, in.u32());
                        case 1 -> table();
                        case 2 -> new Memory(limits(ModuleLimits.PAGES_MAX));
                        case 3 -> globalKind();
                        case 4 -> new OfType(Kind.TAG, tag());
                        default -> throw in.malformed("import of an unknown kind: kind=" + kind);
                    };
            module.imports.add(new Import(from, name, entity));
        }
    }

    private void functions() throws MalformedModuleException {
        int count = in.count("functions", ModuleLimits.FUNCTIONS_MAX);
        for (int i = 0; i < count; i++) {
            declared.add(in.u32());
        }
    }

    private void tables() throws MalformedModuleException {
        int count = in.count("tables", ModuleLimits.TABLES_MAX);
        for (int i = 0; i < count; i++) {
            module.tables.add(table());
        }
    }

    private Table table() throws MalformedModuleException {
        int element = in.u8();
        if (!WasmTypes.isReference(element)) {
            throw in.malformed(
                    "table of unsupported elements: type=0x"
                            + hex(element)
                            + (element == TABLE_WITH_VALUE
                                    ? Proposals.off("typed function references")
                                    : Proposals.ofType(element)));
        }
        Limits limits = limits((1L << 32) - 1);
        if (limits.is64()) {
            throw in.malformed("64-bit tables are not supported");
        }
        if (limits.minimum() > ModuleLimits.TABLE_ELEMENTS_MAX) {
            throw in.malformed(
                    "table too large: elements="
                            + limits.minimum()
                            + " max="
                            + ModuleLimits.TABLE_ELEMENTS_MAX);
        }
        return new Table(element, limits);
    }

    private Limits limits(long max) throws MalformedModuleException {
        int flags = in.u8();
        if ((flags & ~5) != 0) {
            throw in.malformed("limits not supported: flags=" + flags + Proposals.ofLimits(flags));
        }
        long minimum = in.u64();
        long maximum = (flags & 1) != 0 ? in.u64() : -1;
        if (minimum < 0 || minimum > max || ((flags & 1) != 0 && maximum < 0) || maximum > max) {
            throw in.malformed(
                    "limits out of range: minimum="
                            + Long.toUnsignedString(minimum)
                            + " maximum="
                            + Long.toUnsignedString(maximum));
        }
        return new Limits((flags & 4) != 0, minimum, maximum);
    }

    private void memories() throws MalformedModuleException {
        int count = in.count("memories", ModuleLimits.MEMORIES_MAX);
        for (int i = 0; i < count; i++) {
            module.memories.add(new Memory(limits(ModuleLimits.PAGES_MAX)));
        }
    }

    private int tag() throws MalformedModuleException {
        if (in.u8() != 0) {
            throw in.malformed("tag of an unknown attribute");
        }
        return in.u32();
    }

    private void tags() throws MalformedModuleException {
        int count = in.count("tags", ModuleLimits.TAGS_MAX);
        for (int i = 0; i < count; i++) {
            module.tags.add(tag());
        }
    }

    private GlobalKind globalKind() throws MalformedModuleException {
        int type = in.u8();
        if (!WasmTypes.isValue(type)) {
            throw unsupported(type);
        }
        int mutability = in.u8();
        if (mutability > 1) {
            throw in.malformed("global of unknown mutability: mutability=" + mutability);
        }
        return new GlobalKind(type, mutability == 1);
    }

    private void globals() throws MalformedModuleException {
        int count = in.count("globals", ModuleLimits.GLOBALS_MAX);
        for (int i = 0; i < count; i++) {
            module.globals.add(new Global(globalKind(), expression()));
        }
    }

    private void exports() throws MalformedModuleException {
        int count = in.count("exports", ModuleLimits.EXPORTS_MAX);
        for (int i = 0; i < count; i++) {
            String name = in.name();
            module.exports.add(new Export(name, exportKind(), in.u32()));
        }
    }

    private Kind exportKind() throws MalformedModuleException {
        int number = in.u8();
        for (Kind kind : Kind.values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw in.malformed("export of an unknown kind: kind=" + number);
    }

    private void elements() throws MalformedModuleException {
        int count = in.count("element segments", ModuleLimits.ELEMENT_SEGMENTS_MAX);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int flags = in.u32();
            if (flags > 7) {
                throw in.malformed("element segment of an unknown form: flags=" + flags);
            }
            int table = (flags & 3) == 2 ? in.u32() : 0;
            Bytes offset = (flags & 1) != 0 ? Bytes.EMPTY : expression();
            int kind = (flags & 3) != 0 ? elementKind(flags) : 0;
            int items = in.count("table entries", ModuleLimits.ELEMENTS_MAX - sum);
            sum += items;
            int[] functions = new int[(flags & 4) != 0 ? 0 : items];
            List<Bytes> expressions = new ArrayList<>();
            for (int k = 0; k < items; k++) {
                if ((flags & 4) != 0) {
                    expressions.add(expression());
                } else {
                    functions[k] = in.u32();
                }
            }
            module.elements.add(new Element(flags, table, offset, kind, functions, expressions));
        }
    }

    private int elementKind(int flags) throws MalformedModuleException {
        int kind = in.u8();
        boolean expressions = (flags & 4) != 0;
        if (expressions ? !WasmTypes.isReference(kind) : kind != 0) {
            throw in.malformed(
                    "element segment of unsupported items: kind=0x"
                            + hex(kind)
                            + (expressions ? Proposals.ofType(kind) : ""));
        }
        return kind;
    }

    /** A constant expression with its end. */
    private Bytes expression() throws MalformedModuleException {
        int from = in.position();
        InstructionReader instructions =
                new InstructionReader(Bytes.of(binary.array, from, from + in.remaining()));
        while (instructions.next()) {
            switch (instructions.opcode()) {
                case Opcodes.END -> {
                    return in.bytes(instructions.end() - from);
                }
                case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF, Opcodes.TRY, Opcodes.TRY_TABLE ->
                        throw instructions.malformed("block in a constant expression");
                default -> {}
            }
        }
        throw in.malformed("constant expression without end");
    }

    private void code() throws MalformedModuleException {
        int count = in.count("function bodies", ModuleLimits.FUNCTIONS_MAX);
        if (count != declared.size()) {
            throw in.malformed(
                    "function bodies and declarations differ: bodies="
                            + count
                            + " declared="
                            + declared.size());
        }
        WasmInput section = in;
        for (int i = 0; i < count; i++) {
            in = new WasmInput(section.sized());
            List<Locals> locals = locals();
            module.functions.add(new Function(declared.get(i), locals, in.bytes(in.remaining())));
        }
        in = section;
    }

    private List<Locals> locals() throws MalformedModuleException {
        int limit = ModuleLimits.LOCALS_MAX * ModuleLimits.REWRITTEN_FACTOR;
        int runs = in.count("runs of locals", limit);
        List<Locals> locals = new ArrayList<>(runs);
        int sum = 0;
        for (int i = 0; i < runs; i++) {
            int count = in.u32();
            int type = in.u8();
            if (count > limit - sum) {
                throw in.malformed("too many locals: count=" + (sum + (long) count));
            }
            if (!WasmTypes.isValue(type)) {
                throw unsupported(type);
            }
            sum += count;
            locals.add(new Locals(count, type));
        }
        return locals;
    }

    private void data() throws MalformedModuleException {
        int count = in.count("data segments", ModuleLimits.DATA_SEGMENTS_MAX);
        for (int i = 0; i < count; i++) {
            int flags = in.u32();
            if (flags > 2) {
                throw in.malformed("data segment of an unknown form: flags=" + flags);
            }
            int memory = flags == 2 ? in.u32() : 0;
            Bytes offset = flags == 1 ? Bytes.EMPTY : expression();
            module.data.add(new Data(flags, memory, offset, in.sized()));
        }
    }

    private MalformedModuleException unsupported(int type) {
        return in.malformed(
                "value type not supported: type=0x" + hex(type) + Proposals.ofType(type));
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }
}
