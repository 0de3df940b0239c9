package dev.flywheel.cu.module.binary;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binary taken apart: what passes change. Functions keep their code as bytes. For one thread.
 *
 * <p>Appending is safe everywhere, since it moves no index; but imported things come first in each
 * index space, so nothing is ever imported anew.
 */
public final class WasmModule {

    /** Numbers of sections. */
    public static final int CUSTOM = 0;

    public static final int TYPE = 1;
    public static final int IMPORT = 2;
    public static final int FUNCTION = 3;
    public static final int TABLE = 4;
    public static final int MEMORY = 5;
    public static final int GLOBAL = 6;
    public static final int EXPORT = 7;
    public static final int START = 8;
    public static final int ELEMENT = 9;
    public static final int CODE = 10;
    public static final int DATA = 11;
    public static final int DATA_COUNT = 12;
    public static final int TAG = 13;

    /** By number: where a section stands among the others. Tags come before globals. */
    private static final int[] RANKS = {-1, 0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 10, 5};

    /** A function's type: one byte for each value. */
    public record Signature(Bytes parameters, Bytes results) {}

    /** What an import or export can be. */
    public enum Kind {
        FUNCTION(0),
        TABLE(1),
        MEMORY(2),
        GLOBAL(3),
        TAG(4);

        /** As the binary has it. */
        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /** What is imported, by what is said of it. */
    public sealed interface Entity permits OfType, Table, Memory, GlobalKind {}

    /** A function or a tag, by the index of its type. */
    public record OfType(Kind kind, int type) implements Entity {}

    /**
     * Sizes of a table or memory, in elements or pages.
     *
     * @param maximum or -1 without one
     */
    public record Limits(boolean is64, long minimum, long maximum) {}

    /** A table of 32-bit indices. */
    public record Table(int element, Limits limits) implements Entity {}

    /** A linear memory. */
    public record Memory(Limits limits) implements Entity {}

    /** What a global holds and whether it can be set. */
    public record GlobalKind(int type, boolean mutable) implements Entity {}

    public record Import(String module, String name, Entity entity) {
        public boolean isFunction() {
            return entity instanceof OfType of && of.kind() == Kind.FUNCTION;
        }
    }

    public record Export(String name, Kind kind, int index) {}

    /**
     * A global of the module's own.
     *
     * @param init expression with its end
     */
    public record Global(GlobalKind kind, Bytes init) {}

    /**
     * Some locals of one type.
     *
     * @param type byte of a value type
     */
    public record Locals(int count, int type) {}

    /** A function of the module's own. Passes replace its code and add locals at the end. */
    public static final class Function {

        public final int type;
        public final List<Locals> locals;
        public Bytes code;

        /** Whether its code has exception instructions of the older kind, once it was checked. */
        public boolean legacyExceptions;

        /** Where its code began in the binary that was read; 0 for one that a pass has made. */
        private final int offset;

        /** The code that was last found within the limits, to be looked at only once. */
        @Nullable Bytes checked;

        public Function(int type, List<Locals> locals, Bytes code) {
            this.type = type;
            this.locals = new ArrayList<>(locals);
            this.code = code;
            this.offset = code.offset();
        }

        /**
         * An error at an instruction of the code. Where a pass has rewritten that before, offsets
         * in it mean nothing to whoever made the module: then it names the function's.
         */
        public MalformedModuleException malformed(InstructionReader at, String reason) {
            return code.offset() == offset
                    ? at.malformed(reason)
                    : new MalformedModuleException(
                            offset, reason + ", in the function that begins at");
        }

        /** Without the parameters. */
        public int localCount() {
            int count = 0;
            for (Locals run : locals) {
                count += run.count();
            }
            return count;
        }
    }

    /**
     * A segment of table entries.
     *
     * @param flags as in the binary: 1 not active, 2 names its table or is declarative, 4 holds
     *     expressions
     * @param offset expression with its end; empty when not active
     * @param kind of its items: 0 for functions, or a reference type
     * @param functions its items as indices, or none
     * @param expressions its items as expressions with their ends, or none
     */
    @SuppressWarnings("ArrayRecordComponent") // owned; a pass makes a new one, nobody compares
    public record Element(
            int flags,
            int table,
            Bytes offset,
            int kind,
            int[] functions,
            List<Bytes> expressions) {

        /** The same segment with other items. */
        public Element with(int[] newFunctions, List<Bytes> newExpressions) {
            return new Element(flags, table, offset, kind, newFunctions, newExpressions);
        }
    }

    /**
     * A segment of bytes.
     *
     * @param flags as in the binary: 0 active, 1 passive, 2 active and names its memory
     * @param offset expression with its end; empty when passive
     */
    public record Data(int flags, int memory, Bytes offset, Bytes content) {}

    /** A section of the order: a number and, for a custom one, what it holds after its name. */
    public record Section(int number, String name, Bytes content) {}

    public final List<Signature> types = new ArrayList<>();
    public final List<Import> imports = new ArrayList<>();
    public final List<Function> functions = new ArrayList<>();
    public final List<Table> tables = new ArrayList<>();
    public final List<Memory> memories = new ArrayList<>();

    /** Indices of their types. */
    public final List<Integer> tags = new ArrayList<>();

    public final List<Global> globals = new ArrayList<>();
    public final List<Export> exports = new ArrayList<>();
    public @Nullable Integer start;
    public final List<Element> elements = new ArrayList<>();
    public int dataCount;
    public final List<Data> data = new ArrayList<>();

    /** As they stand in the binary. */
    final List<Section> order = new ArrayList<>();

    /** How many things of a kind are imported: the index of the module's first own one. */
    public int imported(Kind kind) {
        int count = 0;
        for (Import i : imports) {
            if (kindOf(i.entity()) == kind) {
                count++;
            }
        }
        return count;
    }

    /** How many things of a kind there are, imported ones first. */
    public int count(Kind kind) {
        int own =
                switch (kind) {
                    case FUNCTION -> functions.size();
                    case TABLE -> tables.size();
                    case MEMORY -> memories.size();
                    case GLOBAL -> globals.size();
                    case TAG -> tags.size();
                };
        return imported(kind) + own;
    }

    public static Kind kindOf(Entity entity) {
        return switch (entity) {
            case OfType of -> of.kind();
            case Table t -> Kind.TABLE;
            case Memory m -> Kind.MEMORY;
            case GlobalKind g -> Kind.GLOBAL;
        };
    }

    /** Index of an exported function of that name, or -1. */
    public int exportedFunction(String name) {
        for (Export export : exports) {
            if (export.kind() == Kind.FUNCTION && export.name().equals(name)) {
                return export.index();
            }
        }
        return -1;
    }

    /** The type of a function, imported or own. */
    public Signature signature(int function) {
        int index = 0;
        for (Import i : imports) {
            if (i.entity() instanceof OfType of
                    && of.kind() == Kind.FUNCTION
                    && index++ == function) {
                return types.get(of.type());
            }
        }
        return types.get(functions.get(function - index).type);
    }

    /** The type of a tag, imported or own. */
    public Signature tagSignature(int tag) {
        int index = 0;
        for (Import i : imports) {
            if (i.entity() instanceof OfType of && of.kind() == Kind.TAG && index++ == tag) {
                return types.get(of.type());
            }
        }
        return types.get(tags.get(tag - index));
    }

    /** Index of a type, appended if it is new. */
    public int typeIndex(Signature wanted) {
        int index = types.indexOf(wanted);
        if (index < 0) {
            needSection(TYPE);
            index = types.size();
            types.add(wanted);
        }
        return index;
    }

    /** What a block takes and leaves, by its type as a number. */
    public Signature blockSignature(long blockType) {
        if (blockType >= 0) {
            return types.get((int) blockType);
        }
        int type = (int) blockType + 0x80;
        return new Signature(Bytes.EMPTY, type == WasmTypes.EMPTY ? Bytes.EMPTY : valueTypes(type));
    }

    /** The type as a number of blocks that take and leave these; a type is appended if need be. */
    public int blockType(Signature signature) {
        if (signature.parameters().length() == 0 && signature.results().length() < 2) {
            return WasmTypes.blockType(
                    signature.results().length() == 0
                            ? WasmTypes.EMPTY
                            : signature.results().at(0));
        }
        return typeIndex(signature);
    }

    /** Makes sure that a section is written, at its place. */
    public void needSection(int number) {
        int place = order.size();
        for (int i = order.size() - 1; i >= 0; i--) {
            int other = order.get(i).number();
            if (other == number) {
                return;
            }
            if (RANKS[other] > RANKS[number]) {
                place = i;
            }
        }
        order.add(place, new Section(number, "", Bytes.EMPTY));
    }

    /** Has nothing run when it is instantiated. */
    public void removeStart() {
        start = null;
        order.removeIf(section -> section.number() == START);
    }

    public boolean hasSection(int number) {
        return order.stream().anyMatch(section -> section.number() == number);
    }

    static int rank(int section) {
        return RANKS[section];
    }

    /** Value types in a row. */
    public static Bytes valueTypes(int... types) {
        byte[] bytes = new byte[types.length];
        for (int i = 0; i < types.length; i++) {
            bytes[i] = (byte) types[i];
        }
        return Bytes.of(bytes);
    }
}
