package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.compile.ChildCommand;
import dev.flywheel.cu.guest.compile.CompileCounters;
import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.cu.guest.compile.CompileRequest;
import dev.flywheel.cu.guest.compile.CompileService;
import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.cu.guest.compile.InProcessCompiler;
import dev.flywheel.cu.guest.compile.ModuleCompiler;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.linux.PageTracking;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles modules and keeps what all of them share. One for a node. Thread-safe. */
public final class GuestEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GuestEngine.class);

    private final Engine engine;
    private final DeadlineClock clock;
    private final GuestThreads threads;
    private final PageTracking tracking;
    private final ModuleCompiler compiler;
    private final CompiledModules modules;

    private GuestEngine(GuestEngineOptions options, EngineOptions engineOptions) {
        String pages = options.pageTracking();
        this.tracking = pages == null ? PageTracking.probe() : PageTracking.probe(pages);
        this.engine = new Engine(engineOptions);
        this.threads = new GuestThreads(engineOptions);
        String identity = EngineIdentity.of(engineOptions);
        CompileSettings compile = options.compile();
        this.compiler =
                compile == null
                        ? new InProcessCompiler(engine)
                        : new CompileService(
                                compile,
                                ChildCommand.java(
                                        CompilerMain.class,
                                        options.artefactDirectory()
                                                .toAbsolutePath()
                                                .resolve("compiler-crash.log"),
                                        Long.toString(options.maxWasmStackBytes())),
                                identity);
        this.modules =
                new CompiledModules(engine, identity, compiler, options, InstantSource.system());
        this.clock = new DeadlineClock(System::nanoTime);
        log.info("guest engine started: pages={} {}", tracking.description(), identity);
    }

    /** Starts an engine and the thread that moves its clock on. */
    public static GuestEngine open(GuestEngineOptions options) {
        return new GuestEngine(options, EngineIdentity.options(options.maxWasmStackBytes()));
    }

    /**
     * Makes a module ready, from the artefact of an earlier run or by compiling it: some ms to as
     * long as {@link CompileSettings} allow. Blocks.
     *
     * @param moduleId names it in diagnostics
     * @param wasm the binary as published; not kept
     * @param moduleFormat its {@code Module-Format} tag, which binds; empty when it has none, and
     *     its imports and exports tell: see {@link ModuleFormat}
     */
    public GuestModule load(Id moduleId, byte[] wasm, String moduleFormat)
            throws ModuleRefusedException {
        ModuleFormat format = ModuleFormat.of(moduleFormat);
        if (format == null && !moduleFormat.isEmpty()) {
            throw refused(
                    moduleId,
                    "its Module-Format is unknown: \""
                            + quoted(moduleFormat)
                            + "\", known are "
                            + ModuleFormat.tags());
        }
        if (wasm.length > ModuleLimits.MODULE_BYTES_MAX) {
            throw refused(
                    moduleId,
                    "it has bytes=" + wasm.length + " max=" + ModuleLimits.MODULE_BYTES_MAX);
        }
        CompiledModule compiled = modules.get(new CompileRequest(moduleId, wasm, moduleFormat));
        try {
            return GuestModule.link(moduleId, format, compiled, this);
        } catch (ModuleRefusedException | RuntimeException e) {
            compiled.module().close();
            throw e;
        }
    }

    /** Modules that wait to be compiled, or are being compiled in a process of their own. */
    public List<CompileProgress> compiling() {
        return compiler.compiling();
    }

    /** Numbers of the compiling processes. */
    public CompileCounters compileCounters() {
        return compiler.counters();
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

    DeadlineClock clock() {
        return clock;
    }

    PageTracking tracking() {
        return tracking;
    }

    /** Threads that guests may run on. */
    public GuestThreads threads() {
        return threads;
    }

    /**
     * Stops compiling and the clock. Modules and processes must have been closed before. Twice does
     * nothing.
     */
    @Override
    public void close() {
        compiler.close();
        clock.close();
        engine.close();
        tracking.close();
    }
}
