package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Export;
import dev.flywheel.cu.module.pass.Metering;
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

    /**
     * Names all passes with their versions: changes whenever any of them may make something else of
     * the same module. Part of the key under which compiled artefacts are kept.
     */
    public static final String IDENTITY =
            Stream.of(Pass.values())
                    .map(Pass::identity)
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
        WasmModule module = RewrittenModule.read(wasm);
        checkExportNames(module);
        boolean pointers64 = ShapeReader.memoryIs64(module);
        List<Pass> wanted = passes(options);
        wanted.remove(Pass.INTERRUPT);
        List<Pass> applied = new ArrayList<>(RewrittenModule.apply(module, wanted));
        ShapeReader reader = new ShapeReader(module); // now: behind the last pass is no reading
        applied.addAll(RewrittenModule.apply(module, List.of(Pass.INTERRUPT)));
        List<String> passes = applied.stream().map(Pass::identity).toList();
        ModuleShape shape = reader.shape(passes, pointers64);
        boolean counted = options.metered() || passes.contains(Pass.GAS_IMPORT.identity());
        Optional<String> gas = counted ? Optional.of(Metering.GAS_GLOBAL) : Optional.empty();
        return new PreparedModule(ModuleWriter.write(module), shape, gas);
    }

    /** The passes that these options ask for, in their order; the caller's list. */
    public static List<Pass> passes(PreparationOptions options) {
        List<Pass> passes = new ArrayList<>(List.of(Pass.values()));
        if (!options.metered()) {
            passes.remove(Pass.GAS);
        }
        if (!options.narrowed()) {
            passes.remove(Pass.NARROW);
        }
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
