package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.GuestThrownException;
import dev.flywheel.cu.guest.host.HostLimitException;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.Pass;
import dev.flywheel.linux.PageFile;
import dev.flywheel.linux.PageFiles;
import dev.flywheel.linux.PageTracking;
import dev.flywheel.linux.RestorePoint;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.FunctionType;
import dev.flywheel.wasmtime.GlobalType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.InstantiationException;
import dev.flywheel.wasmtime.Linker;
import dev.flywheel.wasmtime.MemoryType;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.ValueType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A module ready to run. Thread-safe. Close it after its processes. */
public final class GuestModule implements AutoCloseable {
    /** Names how a state is divided: where it changes, states of before fit no more. */
    public static final String STATE_IDENTITY = Pass.EXPOSE.identity();

    private static final long PAGE_BYTES = 65_536;

    /** Types that the import of modules which were metered when they were built can have. */
    private static final List<FunctionType> CHARGES =
            List.of(FunctionType.of(ValueType.I32), FunctionType.of(ValueType.I64));

    private final Id moduleId;
    private final ModuleFormat format;
    private final CompiledModule compiled;
    private final GuestEngine engine;
    private final ModuleSurface surface;
    private final Linker linker;
    private final Object imageLock = new Object();

    // Guarded by the lock.
    private @Nullable PageFile image;
    private boolean closed;

    /** An import that the host answers, by its name in the later formats. */
    record Import(String name, FunctionType type) {}

    private GuestModule(
            Id moduleId, CompiledModule compiled, GuestEngine engine, ModuleSurface surface) {
        this.moduleId = moduleId;
        this.format = surface.format();
        this.compiled = compiled;
        this.engine = engine;
        this.surface = surface;
        this.linker = surface.linker(engine.engine());
    }

    /**
     * @param tagged what its tag says; null when it has none
     */
    static GuestModule link(
            Id moduleId, @Nullable ModuleFormat tagged, CompiledModule compiled, GuestEngine engine)
            throws ModuleRefusedException {
        checkTypes(moduleId, compiled.module());
        ModuleSurface surface = ModuleSurface.of(moduleId, tagged, compiled);
        return new GuestModule(moduleId, compiled, engine, surface);
    }

    /** Refuses what host functions cannot take and what a process's state cannot hold. */
    private static void checkTypes(Id moduleId, Module module) throws ModuleRefusedException {
        for (ImportType i : module.imports()) {
            if (i.module().equals("metering")
                    && i.name().equals("usegas")
                    && !CHARGES.contains(i.type())) {
                throw GuestEngine.refused(
                        moduleId, "its import metering.usegas has another type: " + i.type());
            }
        }
        for (ExportType export : module.exports()) {
            if (export.type() instanceof GlobalType type
                    && type.mutable()
                    && !type.content().isNumber()) {
                throw GuestEngine.refused(
                        moduleId,
                        "it changes a global of type "
                                + type.content()
                                + ", which no host can put back when an evaluation fails: "
                                + GuestEngine.quoted(export.name()));
            }
        }
    }

    /**
     * Makes a process and boots it: some milliseconds. Call it on a thread of {@link GuestThreads}.
     *
     * @throws ModuleRefusedException when the module fails while it starts; nothing is left of it
     */
    public GuestProcess newProcess(GuestProcessOptions options) throws ModuleRefusedException {
        Deadline deadline = newDeadline();
        GuestInstance instance = booted(options, deadline);
        try {
            return new GuestProcess(this, options, deadline, instance);
        } catch (RuntimeException | Error e) {
            instance.close();
            throw e;
        }
    }

    /**
     * Makes a process that goes on from a state; the time to boot, and to write its memory. Call it
     * on a thread of {@link GuestThreads}.
     *
     * @param image of a process of this module with the same process id
     * @throws IllegalArgumentException when the state does not fit the module
     * @throws IOException when the state cannot be read
     * @throws ModuleRefusedException when the module fails while it starts; nothing is left of it
     */
    public GuestProcess resumeProcess(GuestProcessOptions options, GuestImage image)
            throws ModuleRefusedException, IOException {
        Deadline deadline = newDeadline();
        GuestInstance instance = booted(options, deadline);
        try {
            instance.resume(image);
            return new GuestProcess(this, options, deadline, instance);
        } catch (IOException | RuntimeException | Error e) {
            instance.close();
            throw e;
        }
    }

    /**
     * As the other one, from a state that lies in memory; it is not used after the call.
     *
     * @throws IllegalArgumentException when the state does not fit the module
     */
    public GuestProcess resumeProcess(GuestProcessOptions options, GuestState state)
            throws ModuleRefusedException {
        try {
            return resumeProcess(options, GuestImage.of(state, stateGlobals()));
        } catch (IOException e) {
            throw new IllegalStateException("memory is read without a file", e);
        }
    }

    /**
     * Makes a process that goes on from where it was put away: some hundred microseconds. Its pages
     * are mapped, and read when they are looked at. Call it on a thread of {@link GuestThreads}.
     *
     * @param asleep of a process of this module with the same process id; belongs to the new
     *     process when this succeeds, and stays the caller's otherwise
     * @throws IOException when it cannot be read, or is damaged; nothing is left of the process
     */
    public GuestProcess wake(GuestProcessOptions options, SleepingProcess asleep)
            throws ModuleRefusedException, IOException {
        Deadline deadline = newDeadline();
        GuestInstance instance = instance(options, deadline);
        try {
            instance.adopt(asleep.booted(), asleep.globals());
            instance.growTo(asleep.memoryBytes());
            RestorePoint point =
                    tracking().wake(instance.memory(), reservedBytes(options), asleep.memory());
            return new GuestProcess(this, options, deadline, instance, point);
        } catch (IOException | RuntimeException | Error e) {
            instance.close();
            throw e;
        }
    }

    /**
     * What memories of its processes have in common: the state of the first one that was put away,
     * if that is small. Null while there is none. Belongs to the module.
     */
    @Nullable PageFile image(RestorePoint first, PageFiles place) throws IOException {
        synchronized (imageLock) {
            PageFile known = image;
            if (known == null && !closed) {
                known = first.image(place, GuestLimits.IMAGE_BYTES_MAX);
                image = known;
            }
            return known;
        }
    }

    private GuestInstance booted(GuestProcessOptions options, Deadline deadline)
            throws ModuleRefusedException {
        GuestInstance instance = instance(options, deadline);
        try {
            deadline.begin(GuestLimits.BOOT_WALL_CLOCK_MS);
            try {
                instance.boot(options.gasLimit());
            } finally {
                deadline.end();
            }
            return instance;
        } catch (GuestThrownException e) {
            instance.close();
            throw GuestEngine.refused(
                    moduleId, "it fails while it starts: " + e.kind() + ": " + e.getMessage(), e);
        } catch (HostLimitException e) {
            instance.close();
            throw GuestEngine.refused(
                    moduleId, "it reaches a limit while it starts: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            instance.close();
            throw e;
        }
    }

    Deadline newDeadline() {
        return new Deadline(engine.clock());
    }

    private GuestInstance instance(GuestProcessOptions options, Deadline deadline)
            throws ModuleRefusedException {
        long needed = surface.memory().minimumPages() * PAGE_BYTES;
        if (needed > memoryBytesMax(options)) {
            throw GuestEngine.refused(
                    moduleId,
                    "it needs memoryBytes="
                            + needed
                            + " from the start, the process's limit is bytes="
                            + memoryBytesMax(options));
        }
        try {
            return new GuestInstance(this, options, deadline);
        } catch (InstantiationException e) {
            throw GuestEngine.refused(moduleId, "it cannot be instantiated: " + e.getMessage(), e);
        }
    }

    /** Whether gas is counted. */
    public boolean metered() {
        return !compiled.gasGlobal().isEmpty();
    }

    ModuleFormat format() {
        return format;
    }

    Engine engine() {
        return engine.engine();
    }

    PageTracking tracking() {
        return engine.tracking();
    }

    Linker linker() {
        return linker;
    }

    Module compiled() {
        return compiled.module();
    }

    List<Import> imports() {
        return surface.imports();
    }

    /** Exports of the mutable globals that belong to a process's state. */
    public List<String> stateGlobals() {
        return surface.stateGlobals();
    }

    String gasGlobal() {
        return compiled.gasGlobal();
    }

    /** What the host lets a memory of this module grow to. */
    long memoryBytesMax(GuestProcessOptions options) {
        long limit = Math.min(options.memoryLimitBytes(), GuestLimits.MEMORY_BYTES_MAX);
        return limit / PAGE_BYTES * PAGE_BYTES;
    }

    /** What the module itself lets its memory grow to. */
    long memoryPagesMax() {
        MemoryType memory = surface.memory();
        long most = memory.is64() ? Long.MAX_VALUE / PAGE_BYTES : 1L << 16;
        return memory.maximumPages().orElse(most);
    }

    /** Address space in which a memory's pages are tracked. */
    long reservedBytes(GuestProcessOptions options) {
        long pages = Math.min(memoryPagesMax(), memoryBytesMax(options) / PAGE_BYTES);
        return Math.max(pages, 1) * PAGE_BYTES;
    }

    @Override
    public void close() {
        linker.close();
        compiled.module().close();
        synchronized (imageLock) {
            closed = true;
            if (image != null) {
                image.release();
                image = null;
            }
        }
    }
}
