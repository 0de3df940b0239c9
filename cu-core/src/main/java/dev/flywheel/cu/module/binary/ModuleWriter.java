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

/**
 * Puts a module together again. What was read is written byte for byte, provided its numbers were
 * in their shortest form (toolchains' are); inside of code even that does not matter.
 */
public final class ModuleWriter {

    private static final long HEADER = 0x0000_0001_6d73_6100L;

    private final WasmModule module;
    private final WasmOutput section = new WasmOutput(1 << 16);
    private final WasmOutput body = new WasmOutput(1 << 12);

    private ModuleWriter(WasmModule module) {
        this.module = module;
    }

    /** The binary. */
    public static byte[] write(WasmModule module) {
        return new ModuleWriter(module).write();
    }

    private byte[] write() {
        int bytes = 1 << 16;
        for (Function function : module.functions) {
            bytes += function.code.length() + 16;
        }
        WasmOutput out = new WasmOutput(bytes + bytes / 2);
        for (int shift = 0; shift < 64; shift += 8) {
            out.u8((int) (HEADER >> shift));
        }
        for (Section each : module.order) {
            section.clear();
            if (each.number() == WasmModule.CUSTOM) {
                section.name(each.name()).bytes(each.content());
            } else {
                writeSection(each.number());
            }
            out.u8(each.number()).sized(section);
        }
        return out.toArray();
    }

    private void writeSection(int number) {
        switch (number) {
            case WasmModule.TYPE -> {
                section.unsigned(module.types.size());
                for (Signature type : module.types) {
                    section.u8(0x60).sized(type.parameters()).sized(type.results());
                }
            }
            case WasmModule.IMPORT -> {
                section.unsigned(module.imports.size());
                for (Import i : module.imports) {
                    section.name(i.module()).name(i.name());
                    section.u8(WasmModule.kindOf(i.entity()).number);
                    entity(i.entity());
                }
            }
            case WasmModule.FUNCTION -> {
                section.unsigned(module.functions.size());
                module.functions.forEach(function -> section.unsigned(function.type));
            }
            case WasmModule.TABLE -> {
                section.unsigned(module.tables.size());
                module.tables.forEach(this::entity);
            }
            case WasmModule.MEMORY -> {
                section.unsigned(module.memories.size());
                module.memories.forEach(this::entity);
            }
            case WasmModule.TAG -> {
                section.unsigned(module.tags.size());
                module.tags.forEach(tag -> section.u8(0).unsigned(tag));
            }
            case WasmModule.GLOBAL -> {
                section.unsigned(module.globals.size());
                for (Global global : module.globals) {
                    entity(global.kind());
                    section.bytes(global.init());
                }
            }
            case WasmModule.EXPORT -> {
                section.unsigned(module.exports.size());
                for (Export export : module.exports) {
                    section.name(export.name());
                    section.u8(export.kind().number).unsigned(export.index());
                }
            }
            default -> writeLateSection(number);
        }
    }

    private void writeLateSection(int number) {
        switch (number) {
            case WasmModule.START -> {
                Integer start = module.start;
                if (start == null) {
                    throw new IllegalStateException("start section without start function");
                }
                section.unsigned(start);
            }
            case WasmModule.ELEMENT -> {
                section.unsigned(module.elements.size());
                module.elements.forEach(this::element);
            }
            case WasmModule.DATA_COUNT -> section.unsigned(module.dataCount);
            case WasmModule.CODE -> {
                section.unsigned(module.functions.size());
                module.functions.forEach(this::function);
            }
            case WasmModule.DATA -> {
                section.unsigned(module.data.size());
                for (Data data : module.data) {
                    section.unsigned(data.flags());
                    if (data.flags() == 2) {
                        section.unsigned(data.memory());
                    }
                    section.bytes(data.offset()).sized(data.content());
                }
            }
            default -> throw new IllegalStateException("section without a writer: " + number);
        }
    }

    private void entity(Entity entity) {
        switch (entity) {
            case OfType of -> {
                if (of.kind() == Kind.TAG) {
                    section.u8(0);
                }
                section.unsigned(of.type());
            }
            case Table table -> {
                section.u8(table.element());
                limits(table.limits());
            }
            case Memory memory -> limits(memory.limits());
            case GlobalKind kind -> section.u8(kind.type()).u8(kind.mutable() ? 1 : 0);
        }
    }

    private void limits(Limits limits) {
        boolean bounded = limits.maximum() >= 0;
        section.u8((bounded ? 1 : 0) | (limits.is64() ? 4 : 0)).unsigned(limits.minimum());
        if (bounded) {
            section.unsigned(limits.maximum());
        }
    }

    private void element(Element element) {
        section.unsigned(element.flags());
        if ((element.flags() & 3) == 2) {
            section.unsigned(element.table());
        }
        section.bytes(element.offset());
        if ((element.flags() & 3) != 0) {
            section.u8(element.kind());
        }
        if ((element.flags() & 4) != 0) {
            section.unsigned(element.expressions().size());
            element.expressions().forEach(section::bytes);
        } else {
            section.unsigned(element.functions().length);
            for (int function : element.functions()) {
                section.unsigned(function);
            }
        }
    }

    private void function(Function function) {
        body.clear();
        body.unsigned(function.locals.size());
        for (Locals run : function.locals) {
            body.unsigned(run.count()).u8(run.type());
        }
        section.unsigned(body.size() + (long) function.code.length());
        section.bytes(body).bytes(function.code);
    }
}
