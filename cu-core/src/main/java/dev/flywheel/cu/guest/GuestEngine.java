package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.ModuleShape;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.PreparedModule;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.linux.PageTracking;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ImportType;
import dev.flywheel.wasmtime.Module;
import dev.flywheel.wasmtime.WasmtimeLibrary;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles modules and keeps what all of them share. One for a node. Thread-safe. */
public final class GuestEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GuestEngine.class);

    private final Engine engine;
    private final EngineTicker ticker;
    private final GuestThreads threads;
    private final PageTracking tracking;
    private final ArtefactCache artefacts;
    private final String identity;

    private GuestEngine(GuestEngineOptions options, EngineOptions engineOptions) {
        this.artefacts =
                new ArtefactCache(
                        options.artefactDirectory(),
                        options.artefactKey(),
                        options.artefactBytesMax(),
                        InstantSource.system());
        this.tracking = PageTracking.probe();
        this.engine = new Engine(engineOptions);
        this.threads = new GuestThreads(engineOptions);
        this.identity =
                "wasmtime "
                        + WasmtimeLibrary.load().version()
                        + " | "
                        + engineOptions
                        + " | "
                        + CpuIdentity.text();
        this.ticker = new EngineTicker(engine);
        log.info("guest engine started: pages={} {}", tracking.description(), identity);
    }

    /** Starts an engine and the thread that moves its clock on. */
    public static GuestEngine open(GuestEngineOptions options) {
        return new GuestEngine(options, engineOptions(options));
    }

    /**
     * What decides a guest's results stands here or in the engine's configuration: no NaN
     * canonicalisation, since guests print the sign of NaN and the reference has that of x86-64;
     * memories reserved whole, so that they never move and growth fails at their maximum only.
     */
    private static EngineOptions engineOptions(GuestEngineOptions options) {
        return EngineOptions.builder()
                .epochInterruption(true)
                .maxWasmStackBytes(options.maxWasmStackBytes())
                .memoryReservationBytes(GuestLimits.MEMORY_BYTES_MAX)
                .memoryReservationForGrowthBytes(0)
                .memoryMayMove(false)
                .nanCanonicalization(false)
                .build();
    }

    /**
     * Makes a module ready, from the artefact of an earlier run or by compiling it: some ms to some
     * seconds. Blocks.
     *
     * @param moduleId names it in diagnostics
     * @param wasm the binary as published; not kept
     * @param moduleFormat its {@code Module-Format} tag
     */
    public GuestModule load(Id moduleId, byte[] wasm, String moduleFormat)
            throws ModuleRefusedException {
        ModuleFormat format = ModuleFormat.of(moduleFormat);
        if (format == null) {
            throw refused(
                    moduleId,
                    "its Module-Format is unknown: \""
                            + quoted(moduleFormat)
                            + "\", known are "
                            + ModuleFormat.tags());
        }
        if (wasm.length > GuestLimits.MODULE_BYTES_MAX) {
            throw refused(
                    moduleId,
                    "it has bytes=" + wasm.length + " max=" + GuestLimits.MODULE_BYTES_MAX);
        }
        String name =
                "module sha256 "
                        + Id.sha256(wasm)
                        + " | "
                        + format.tag()
                        + " | "
                        + ModulePipeline.IDENTITY
                        + " | "
                        + identity;
        CompiledModule compiled = fromCache(name);
        if (compiled == null) {
            compiled = compile(moduleId, wasm, format);
            artefacts.store(name, compiled.toArtefact());
        }
        try {
            return GuestModule.link(moduleId, format, compiled, this);
        } catch (ModuleRefusedException | RuntimeException e) {
            compiled.module().close();
            throw e;
        }
    }

    private @Nullable CompiledModule fromCache(String name) {
        byte[] artefact = artefacts.load(name);
        if (artefact == null) {
            return null;
        }
        try {
            return CompiledModule.ofArtefact(artefact, engine);
        } catch (CompileException e) {
            log.warn("compiled module refused by the engine, it will be made again", e);
            return null;
        }
    }

    private CompiledModule compile(Id moduleId, byte[] wasm, ModuleFormat format)
            throws ModuleRefusedException {
        long start = System.nanoTime();
        PreparedModule prepared;
        try {
            prepared =
                    ModulePipeline.prepare(wasm, new PreparationOptions(format.metered(), false));
        } catch (MalformedModuleException e) {
            throw refused(moduleId, String.valueOf(e.getMessage()), e);
        }
        checkFamily(moduleId, prepared.shape(), format);
        if (prepared.shape().state().changesTables()) {
            throw refused(
                    moduleId,
                    "it changes its tables, which cannot be undone when an evaluation fails");
        }
        if (prepared.shape().state().dropsSegments()) {
            throw refused(
                    moduleId, "it drops segments, which cannot be undone when an evaluation fails");
        }
        try {
            Module module = engine.compile(prepared.wasm());
            log.info(
                    "module compiled: module={} bytes={} ms={}",
                    moduleId,
                    wasm.length,
                    (System.nanoTime() - start) / 1_000_000);
            return new CompiledModule(module, prepared.gasGlobal().orElse(""));
        } catch (CompileException e) {
            throw refused(moduleId, "it does not compile: " + e.getMessage(), e);
        }
    }

    private static void checkFamily(Id moduleId, ModuleShape shape, ModuleFormat format)
            throws ModuleRefusedException {
        Family found =
                Family.of(
                        shape.imports().stream().map(ImportType::module).toList(),
                        shape.imports().stream().map(ImportType::name).toList(),
                        shape.exports().stream()
                                .map(ExportType::name)
                                .collect(Collectors.toUnmodifiableSet()),
                        shape.rewriting().pointers64());
        if (found != null && found != format.family()) {
            throw refused(
                    moduleId,
                    "its imports and exports are those of family "
                            + found
                            + ", and its Module-Format "
                            + format.tag()
                            + " is for family "
                            + format.family());
        }
    }

    static ModuleRefusedException refused(Id moduleId, String why) {
        return new ModuleRefusedException("module " + moduleId + " cannot be run: " + why);
    }

    static ModuleRefusedException refused(Id moduleId, String why, Throwable cause) {
        return new ModuleRefusedException("module " + moduleId + " cannot be run: " + why, cause);
    }

    /** A foreign text for our log: cut, and without control characters. */
    static String quoted(String text) {
        String cut =
                text.length() <= GuestLimits.QUOTED_NAME_CHARS_MAX
                        ? text
                        : text.substring(0, GuestLimits.QUOTED_NAME_CHARS_MAX) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    Engine engine() {
        return engine;
    }

    PageTracking tracking() {
        return tracking;
    }

    /** Threads that guests may run on. */
    public GuestThreads threads() {
        return threads;
    }

    /** Stops the clock. Modules and processes must have been closed before. Twice does nothing. */
    @Override
    public void close() {
        ticker.close();
        engine.close();
        tracking.close();
    }
}
