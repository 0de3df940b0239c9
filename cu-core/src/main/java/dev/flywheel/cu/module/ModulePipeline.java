package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.pass.GasImport;
import dev.flywheel.cu.module.pass.LegacyExceptions;
import dev.flywheel.cu.module.pass.Longjmp;
import dev.flywheel.cu.module.pass.MemoryNarrowing;
import dev.flywheel.cu.module.pass.Metering;
import dev.flywheel.cu.module.pass.ModulePass;
import dev.flywheel.cu.module.pass.StateExposure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes of a published module what is compiled. Thread-safe, stateless. */
public final class ModulePipeline {

    /** Names of exports that begin so are ours. */
    public static final String RESERVED_PREFIX = "flywheel.";

    private static final ModulePass LEGACY = new LegacyExceptions();
    private static final ModulePass METERING = new Metering();
    private static final ModulePass GAS_IMPORT = new GasImport();
    private static final ModulePass LONGJMP = new Longjmp();
    private static final ModulePass NARROWING = new MemoryNarrowing();
    private static final ModulePass EXPOSURE = new StateExposure();

    /**
     * Names all passes with their versions: changes whenever any of them may make something else of
     * the same module. Part of the key under which compiled artefacts are kept.
     */
    public static final String IDENTITY =
            Stream.of(LEGACY, METERING, GAS_IMPORT, LONGJMP, NARROWING, EXPOSURE)
                    .map(ModulePass::identity)
                    .collect(Collectors.joining(" ", "pipeline-1 ", ""));

    /**
     * Reads, checks and rewrites a module. Some tens of milliseconds a megabyte. Whether its types
     * are right only the engine finds out.
     *
     * @param wasm the binary as published; not changed, and not kept
     * @throws MalformedModuleException if it is not a well-formed binary, passes a limit, or cannot
     *     be rewritten as wanted
     */
    public static PreparedModule prepare(byte[] wasm, PreparationOptions options)
            throws MalformedModuleException {
        if (wasm.length > ModuleLimits.MODULE_BYTES_MAX) {
            throw new MalformedModuleException(
                    0,
                    "module too large: bytes="
                            + wasm.length
                            + " max="
                            + ModuleLimits.MODULE_BYTES_MAX);
        }
        WasmModule module = ModuleReader.read(wasm);
        ModuleCheck.published(module);
        checkExportNames(module);
        boolean pointers64 = ShapeReader.memoryIs64(module);
        List<String> passes = new ArrayList<>();
        for (ModulePass pass : passes(options)) {
            if (pass.apply(module)) {
                passes.add(pass.identity());
            }
        }
        ModuleCheck.rewritten(module);
        ModuleShape shape = new ShapeReader(module).shape(passes, pointers64);
        boolean counted = options.metered() || passes.contains(GAS_IMPORT.identity());
        Optional<String> gas = counted ? Optional.of(Metering.GAS_GLOBAL) : Optional.empty();
        return new PreparedModule(ModuleWriter.write(module), shape, gas);
    }

    /**
     * Gas is counted on the module as published, so that nothing that later passes add is charged.
     * (Older exceptions come first, and never meet it: the reference cannot meter such modules.)
     */
    private static List<ModulePass> passes(PreparationOptions options) {
        List<ModulePass> passes = new ArrayList<>();
        passes.add(LEGACY);
        if (options.metered()) {
            passes.add(METERING);
        }
        passes.add(GAS_IMPORT);
        passes.add(LONGJMP);
        if (options.narrowed()) {
            passes.add(NARROWING);
        }
        passes.add(EXPOSURE);
        return passes;
    }

    private static void checkExportNames(WasmModule module) throws MalformedModuleException {
        Set<String> names = new HashSet<>();
        for (Export export : module.exports) {
            if (export.name().startsWith(RESERVED_PREFIX)) {
                throw new MalformedModuleException(
                        0, "export name is reserved: prefix=" + RESERVED_PREFIX);
            }
            if (!names.add(export.name())) {
                throw new MalformedModuleException(0, "two exports of one name");
            }
        }
    }

    private ModulePipeline() {}
}
