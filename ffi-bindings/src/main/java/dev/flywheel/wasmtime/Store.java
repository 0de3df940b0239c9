package dev.flywheel.wasmtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flywheel.wasmtime.handle.Live;
import dev.flywheel.wasmtime.handle.NativeText;
import dev.flywheel.wasmtime.handle.Owned;
import dev.flywheel.wasmtime.raw.Layouts;
import dev.flywheel.wasmtime.raw.StoreH;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Instances and all that belongs to them, under one set of limits. One thread at a time; it may
 * move to another thread when something orders the two (a queue, a lock). Use by two threads at
 * once is refused where it is seen; use after close, and a close while a call runs, are refused
 * always. What is made in a store (instances, functions, memories, ...) lives until the store is
 * closed: make a new store for a new instance.
 */
public final class Store implements AutoCloseable {

    /**
     * Deeper mutual recursion of guest and host is a guest's mistake; each level costs stack on
     * both sides.
     */
    static final int HOST_CALLS_NESTED_MAX = 64;

    private final EngineOptions engineOptions;
    private final Object data;
    private final Owned handle;
    private final int number;
    private final HostFrame[] frames = new HostFrame[HOST_CALLS_NESTED_MAX];
    private int framesUsed;

    /** {@code wasmtime_context_t}: adopted like the store itself, whose interior it is. */
    final MemorySegment context;

    /** Where calls leave a {@code wasm_trap_t}; zero between calls. */
    final MemorySegment trapOut;

    /** One {@code wasmtime_extern_t} or {@code wasmtime_val_t}, for calls that exchange one. */
    final MemorySegment scratch;

    /** What a host function threw in the call that is being unwound. */
    @Nullable Throwable hostFailure;

    private @Nullable BooleanSupplier epochQuestion;
    private boolean interrupted;

    /**
     * Calls into the guest that are under way, nested ones included, and the thread that made them.
     */
    private @Nullable Thread user;

    private int depth;

    /** The last thread whose stack was found large enough. */
    private @Nullable Thread checkedThread;

    public Store(Engine engine, StoreOptions options) {
        this.engineOptions = engine.options();
        this.data = options.data();
        this.number = Stores.register(this);
        try {
            MemorySegment pointer =
                    StoreH.wasmtime_store_new(engine.pointer(), number, MemorySegment.NULL);
            this.handle =
                    new Owned(
                            Live.STORE,
                            pointer,
                            dead -> {
                                StoreH.wasmtime_store_delete(dead);
                                Stores.unregister(number);
                            });
        } catch (Throwable e) {
            Stores.unregister(number);
            throw e;
        }
        this.context =
                StoreH.wasmtime_store_context(handle.pointer())
                        .reinterpret(0, handle.arena(), null);
        this.trapOut = allocate(ADDRESS.byteSize());
        this.scratch = allocate(Layouts.WASMTIME_VAL.byteSize());
        StoreH.wasmtime_store_limiter(
                handle.pointer(),
                options.maxMemoryBytes(),
                options.maxTableElements(),
                options.maxInstances(),
                options.maxTables(),
                options.maxMemories());
    }

    /**
     * Lets guest code run for {@code ticks} increments of the engine's epoch from now, then stops
     * it by {@link TrapCode#INTERRUPT}. A store starts with none: with epochs on, set one before
     * the first call. 0 stops at once.
     */
    public void setEpochDeadline(long ticks) {
        enter();
        try {
            StoreH.wasmtime_context_set_epoch_deadline(context, ticks);
        } finally {
            exit();
        }
    }

    /**
     * Has {@code goOn} asked at each epoch deadline instead of stopping the guest: true lets it run
     * until the next increment, false (or a throw) stops it by {@link TrapCode#INTERRUPT}. It runs
     * on the guest's thread, inside the guest, and must not call into the store. Set it once,
     * before the first call; so a guest can be stopped from another thread through a field that
     * {@code goOn} reads, which an epoch deadline alone, belonging to the store's thread, does not
     * allow.
     */
    public void askAtEpochDeadline(BooleanSupplier goOn) {
        enter();
        try {
            epochQuestion = goOn;
            StoreH.wasmtime_store_epoch_deadline_callback(
                    handle.pointer(), EpochCallback.CALLBACK, number, MemorySegment.NULL);
        } finally {
            exit();
        }
    }

    /** For the callback: whether the guest may run on. */
    boolean mayGoOn() {
        BooleanSupplier question = epochQuestion;
        boolean may = question != null && question.getAsBoolean();
        interrupted = !may;
        return may;
    }

    /** Whether the call that is being unwound was stopped by {@link #mayGoOn}. */
    boolean takeInterrupted() {
        boolean was = interrupted;
        interrupted = false;
        return was;
    }

    /**
     * Sets the fuel that is left. A store starts with none.
     *
     * @throws WasmtimeException when the engine was made without fuel
     */
    public void setFuel(long fuel) {
        enter();
        try {
            refuse("fuel cannot be set", StoreH.wasmtime_context_set_fuel(context, fuel));
        } finally {
            exit();
        }
    }

    /**
     * The fuel that is left.
     *
     * @throws WasmtimeException when the engine was made without fuel
     */
    public long fuel() {
        enter();
        try {
            refuse("fuel cannot be read", StoreH.wasmtime_context_get_fuel(context, scratch));
            return scratch.get(JAVA_LONG, 0);
        } finally {
            exit();
        }
    }

    /** Room for the values of calls; it lives as long as the store, so make it once. */
    public Slots slots(int count) {
        if (count < 1 || count > 1 << 16) {
            throw new IllegalArgumentException(
                    "number of slots out of range: count=" + count + " min=1 max=65536");
        }
        return new Slots(allocate(count * Slots.SLOT_BYTES), count);
    }

    /** What {@link StoreOptions#data} was. */
    public Object data() {
        return data;
    }

    /**
     * Ends all that was made in it. Idempotent. Any thread.
     *
     * @throws IllegalStateException when a call is under way, also from inside a host function;
     *     nothing has happened then
     */
    @Override
    public void close() {
        if (!handle.isAlive()) {
            return;
        }
        try {
            handle.close();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "store cannot be closed while a call runs in it: close it afterwards", e);
        }
    }

    /** Zeroed memory that ends with the store. */
    MemorySegment allocate(long bytes) {
        return handle.arena().allocate(bytes, 16);
    }

    /** A piece of native memory, e.g. a linear memory's, as a segment that ends with the store. */
    MemorySegment adopt(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, handle.arena(), null);
    }

    EngineOptions engineOptions() {
        return engineOptions;
    }

    /**
     * Before each use. Plain fields: this finds mistakes, not malice; the arena guards against use
     * after close.
     */
    void enter() {
        Thread current = Thread.currentThread();
        if (user != current) {
            if (user != null) {
                throw new IllegalStateException(
                        "store is in use by another thread: user="
                                + user
                                + " caller="
                                + current
                                + ". Give each store to one thread at a time.");
            }
            user = current;
        }
        depth++;
    }

    /** {@link #enter} for calls that run guest code. */
    void enterGuest() {
        Thread current = Thread.currentThread();
        if (checkedThread != current) {
            GuestStack.require(engineOptions.maxWasmStackBytes());
            checkedThread = current;
        }
        enter();
    }

    void exit() {
        if (--depth == 0) {
            user = null;
        }
    }

    HostFrame pushFrame() {
        int n = framesUsed;
        if (n == HOST_CALLS_NESTED_MAX) {
            throw new IllegalStateException(
                    "host functions nested too deeply: max=" + HOST_CALLS_NESTED_MAX);
        }
        HostFrame frame = frames[n];
        if (frame == null) {
            frame = new HostFrame(data);
            frames[n] = frame;
        }
        framesUsed = n + 1;
        return frame;
    }

    void popFrame() {
        framesUsed--;
    }

    @Nullable Throwable takeHostFailure() {
        Throwable failure = hostFailure;
        hostFailure = null;
        return failure;
    }

    static void refuse(String what, MemorySegment error) {
        if (error.address() != 0) {
            throw new WasmtimeException(what + ": " + NativeText.takeError(error));
        }
    }
}
