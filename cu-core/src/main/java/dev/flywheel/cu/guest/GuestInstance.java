package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestFunctions;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.host.HostLimitException;
import dev.flywheel.cu.guest.host.ProcessCalls;
import dev.flywheel.cu.module.pass.Interruption;
import dev.flywheel.linux.ZeroPages;
import dev.flywheel.wasmtime.Function;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.HostCall;
import dev.flywheel.wasmtime.Instance;
import dev.flywheel.wasmtime.Memory;
import dev.flywheel.wasmtime.Slots;
import dev.flywheel.wasmtime.Store;
import dev.flywheel.wasmtime.StoreOptions;
import dev.flywheel.wasmtime.Trap;
import dev.flywheel.wasmtime.ValueType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a module in a store of its own: linked, booted, and called as the reference's
 * loader calls it. One thread at a time.
 */
final class GuestInstance implements GuestFunctions, AutoCloseable {
    private static final long PAGE_BYTES = 65_536;

    /** Marks with which emscripten notices an overflow of its stack; part of the memory image. */
    private static final int COOKIE_END = 0x02135467;

    private static final int COOKIE_ABOVE_END = 0x89BACDFE;
    private static final int COOKIE_ZERO = 0x63736D65;

    /** Where the loader puts its marks when the guest says that its stack ends at 0. */
    private static final long COOKIE_ADDRESS_OF_ZERO = 4;

    /** No exported function that hosts call has more parameters. */
    private static final int SLOTS = 8;

    private final GuestModule module;
    private final Family family;
    private final long memoryLimitBytes;
    private final Deadline deadline;
    private final Store store;
    private final Instance instance;
    private final Memory linear;
    private final GuestMemory memory;
    private final HostState host;

    /** What the imports do, found at their first call. */
    private final @Nullable CallBody[] bodies;

    private final Slots slots;

    /** For calls from host functions, while a call by {@link #slots} is under way. */
    private final Slots nestedSlots;

    private final Function handle;
    private final Function stackSave;
    private final Function stackRestore;
    private final Function stackAlloc;
    private final GlobalState globals;
    private final GasGauge gas;

    /**
     * Links, and boots nothing.
     *
     * @throws dev.flywheel.wasmtime.InstantiationException when the module cannot be instantiated
     */
    GuestInstance(GuestModule module, GuestProcessOptions options, Deadline deadline) {
        this.module = module;
        this.family = module.format().family();
        this.deadline = deadline;
        this.memoryLimitBytes = module.memoryBytesMax(options);
        this.memory = new GuestMemory(family.pointerBytes());
        this.store = new Store(module.engine(), StoreOptions.of(this, memoryLimitBytes));
        try {
            this.host = new HostState(family, memory, this, options.processId());
            this.bodies = new @Nullable CallBody[module.imports().size()];
            this.instance = module.linker().instantiate(store, module.compiled());
            deadline.bind(instance.memory(Interruption.MEMORY).revocable());
            this.linear = instance.memory(module.format().exportName("memory"));
            memory.bind(linear.view());
            this.slots = store.slots(SLOTS);
            this.nestedSlots = store.slots(SLOTS);
            this.handle = require("handle");
            Family.StackNames stack = family.stackNames();
            this.stackSave = require(stack.save());
            this.stackRestore = require(stack.restore());
            this.stackAlloc = require(stack.allocate());
            this.globals = new GlobalState(instance, module.stateGlobals());
            this.gas = GasGauge.of(instance, module);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private Function require(String name) {
        return instance.function(module.format().exportName(name));
    }

    /**
     * Runs what the engine and then the loader run before the first evaluation.
     *
     * @param gasLimit most gas for all of it
     * @throws GuestThrownException when the guest fails in it
     */
    void boot(long gasLimit) {
        gas.refill(gasLimit);
        Function start = instance.functionOrNull(Interruption.START);
        if (start != null) {
            invoke(start, slots);
        }
        if (has("emscripten_stack_init")) {
            call("emscripten_stack_init");
            long end = call("emscripten_stack_get_end");
            end = end == 0 ? COOKIE_ADDRESS_OF_ZERO : end;
            memory.putI32(end, COOKIE_END);
            memory.putI32(end + 4, COOKIE_ABOVE_END);
            memory.putI32(0, COOKIE_ZERO);
        }
        host.booting();
        if (family.boots() && has("__wasm_call_ctors")) {
            call("__wasm_call_ctors");
        }
        if (family == Family.V2) {
            // argv lies on the stack and stays there: all later stack addresses are lower by it.
            byte[] name = (ProcessCalls.PROGRAM_NAME + '\0').getBytes(US_ASCII);
            long vector = callPointer(stackAlloc, 8);
            long text = callPointer(stackAlloc, name.length);
            memory.write(text, name);
            memory.putI32(vector, (int) text);
            memory.putI32(vector + 4, 0);
            call("main", 1, vector);
        } else if (family.callsMain()) {
            call("main", 0, 0);
        }
        gas.requireSome();
        rebind();
        host.booted();
    }

    // Evaluation ----------------------------------------------------------------------------

    /**
     * Calls {@code handle} and gives what it answered, as far as the limit of answers goes and one
     * byte beyond.
     *
     * @throws GuestThrownException when it ended otherwise
     * @throws HostLimitException when a limit of this host ended it
     */
    byte[] handle(byte[] messageJson, byte[] environmentJson, long gasLimit) {
        gas.refill(gasLimit);
        host.begin(messageJson);
        long before = callPointer(stackSave);
        long message = string(messageJson);
        long environment = string(environmentJson);
        long answer = callPointer(handle, message, environment);
        while (host.pause().resumes()) {
            boolean same = family == Family.V64;
            answer = callPointer(handle, same ? message : 0, same ? environment : 0);
        }
        callPointer(stackRestore, before);
        gas.requireSome();
        rebind();
        return memory.cString(answer, GuestLimits.OUTPUT_BYTES_MAX + 1);
    }

    /**
     * Hands a text over: on the stack and of this size, since Lua's hash seed, and so the order of
     * keys, contains a stack address; to HyperBEAM's own modules by {@code malloc}, never freed.
     */
    private long string(byte[] utf8) {
        long perUnit = family.argumentBytesPerUnit();
        long bytes = perUnit == 0 ? utf8.length : perUnit * utf16Units(utf8);
        long address =
                family.hasArgumentsOnStack()
                        ? callPointer(stackAlloc, bytes + 1)
                        : call("malloc", bytes + 1);
        if (!family.hasArgumentsOnStack() && address == 0) {
            throw new GuestThrownException("Error", "no memory for an argument");
        }
        rebind();
        memory.write(address, utf8);
        memory.write(address + utf8.length, new byte[1]);
        return address;
    }

    private static long utf16Units(byte[] utf8) {
        long units = 0;
        for (byte b : utf8) {
            boolean continuation = (b & 0xC0) == 0x80;
            units += continuation ? 0 : (b & 0xF8) == 0xF0 ? 2 : 1;
        }
        return units;
    }

    /** Calls with pointers, by the outer slots. */
    private long callPointer(Function function, long... arguments) {
        return invoke(function, slots, arguments);
    }

    private long invoke(Function function, Slots with, long... arguments) {
        FunctionType type = function.type();
        if (type.parameters().size() != arguments.length
                || !type.onlyNumbers()
                || type.results().size() > SLOTS) {
            throw new GuestThrownException(
                    "TypeError", "the guest's function has another type: " + type);
        }
        for (int i = 0; i < arguments.length; i++) {
            if (type.parameters().get(i) == ValueType.I64) {
                with.setI64(i, arguments[i]);
            } else {
                with.setI32(i, (int) arguments[i]);
            }
        }
        Trap trap = function.call(with);
        if (trap != null) {
            throw Traps.thrown(trap, gas.exhausted(), deadline);
        }
        List<ValueType> results = type.results();
        return results.isEmpty()
                ? 0
                : results.getFirst() == ValueType.I64 ? with.i64(0) : with.i32(0);
    }

    // What host functions ask of the guest --------------------------------------------------

    @Override
    public boolean has(String export) {
        return instance.functionOrNull(module.format().exportName(export)) != null;
    }

    @Override
    public long call(String export, long... arguments) {
        Function function = instance.functionOrNull(module.format().exportName(export));
        if (function == null) {
            throw new GuestThrownException("TypeError", "the module exports no function " + export);
        }
        long result = invoke(function, nestedSlots, arguments);
        rebind();
        return result;
    }

    @Override
    public boolean grow(long pages) {
        if (linear.grow(pages)) {
            rebind();
            return true;
        }
        long wanted = linear.sizePages() + pages;
        if (wanted > module.memoryPagesMax()) {
            return false;
        }
        throw new HostLimitException(
                "memory would grow to bytes="
                        + wanted * PAGE_BYTES
                        + ", this host's limit is bytes="
                        + memoryLimitBytes
                        + "; raise the process's memory limit, or give this machine more memory");
    }

    @Override
    public long gasUsed() {
        return gas.used();
    }

    private void rebind() {
        if (linear.byteSize() != memory.length()) {
            memory.bind(linear.view());
        }
    }

    /** A guest's call of import number {@code i}, by the linker. */
    void imported(int i, HostCall call) {
        GuestModule.Import imported = module.imports().get(i);
        gas.requireSome();
        rebind();
        CallBody body = bodies[i];
        if (body == null) {
            body = host.body(imported.name());
            bodies[i] = body;
        }
        long result = body.call(new ImportArguments(call, imported.type()));
        List<ValueType> results = imported.type().results();
        if (!results.isEmpty()) {
            switch (results.getFirst()) {
                case I32 -> call.returnI32((int) result);
                case I64 -> call.returnI64(result);
                case F64 -> call.returnF64(Double.longBitsToDouble(result));
                case F32 -> call.returnF32((float) Double.longBitsToDouble(result));
                default -> throw new IllegalStateException("type=" + imported.type());
            }
        }
    }

    // State ---------------------------------------------------------------------------------

    /** The linear memory of now; its start never changes. */
    MemorySegment memory() {
        rebind();
        return memory.view();
    }

    /** What of the instance's state is not linear memory. */
    GlobalState globals() {
        return globals;
    }

    /** The operator's share of what the guest said in this evaluation. */
    byte[] console() {
        return host.console();
    }

    /** What its evaluations begin from, besides memory and globals. */
    HostState.Booted booted() {
        return host.bootedState();
    }

    /** In the place of boot: goes on from what another instance of the same process has kept. */
    void adopt(HostState.Booted booted, List<Long> globalsKept) {
        host.adopt(booted);
        globals.restoreFrom(globalsKept);
    }

    /**
     * Puts a state in the place of the one after boot.
     *
     * @throws IllegalArgumentException when it is not one of this module
     * @throws IOException when it cannot be read; the instance must be closed then
     */
    void resume(GuestImage image) throws IOException {
        long bytes = image.memoryBytes();
        if (bytes % PAGE_BYTES != 0 || bytes < linear.byteSize() || bytes > memoryLimitBytes) {
            throw new IllegalArgumentException(
                    "the state has memoryBytes="
                            + bytes
                            + ", the module starts with memoryBytes="
                            + linear.byteSize()
                            + ", the process's limit is bytes="
                            + memoryLimitBytes);
        }
        if (!image.globals().isEmpty()) {
            if (!List.copyOf(image.globals().keySet()).equals(module.stateGlobals())) {
                throw new IllegalArgumentException(
                        "the state has globals="
                                + image.globals().keySet()
                                + ", the module has globals="
                                + module.stateGlobals());
            }
            globals.set(List.copyOf(image.globals().values()));
        }
        growTo(bytes);
        MemorySegment memory = memory();
        ZeroPages.mapOver(memory);
        image.content().writeTo(memory);
    }

    /** Does nothing when it is that long already. */
    void growTo(long bytes) {
        long missing = bytes / PAGE_BYTES - linear.sizePages();
        if (missing > 0 && !linear.grow(missing)) {
            throw new IllegalStateException(
                    "the system gives no room for a memory of bytes=" + bytes);
        }
        rebind();
    }

    @Override
    public void close() {
        store.close();
    }
}
