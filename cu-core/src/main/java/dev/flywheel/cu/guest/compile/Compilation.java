package dev.flywheel.cu.guest.compile;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.PreparedModule;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.Module;

/** From a module as published to its artefact, on the calling thread. Stateless. */
public final class Compilation {

    /**
     * Names passes and checks with their versions: changes whenever the same module may become
     * something else, or be refused where it was not.
     */
    public static final String IDENTITY = ModulePipeline.IDENTITY + " checks-2";

    /** Is told when a module has been prepared. */
    @FunctionalInterface
    interface Progress {
        void prepared(int functions);
    }

    private Compilation() {}

    /**
     * Prepares, checks and compiles: from milliseconds to hours.
     *
     * @param formatTag a known {@code Module-Format}, or empty
     * @throws CompileRefusedException about the module itself
     */
    static byte[] artefact(String formatTag, byte[] wasm, Engine engine, Progress progress)
            throws CompileRefusedException {
        PreparedModule prepared;
        try {
            prepared =
                    ModulePipeline.prepare(
                            wasm, new PreparationOptions(ModuleFormat.isMetered(formatTag), false));
        } catch (MalformedModuleException e) {
            throw new CompileRefusedException(Reason.MODULE, String.valueOf(e.getMessage()), e);
        }
        if (prepared.shape().state().changesTables()) {
            throw refused("it changes its tables, which cannot be undone when an evaluation fails");
        }
        if (prepared.shape().state().dropsSegments()) {
            throw refused("it drops segments, which cannot be undone when an evaluation fails");
        }
        progress.prepared(prepared.shape().functions());
        try (Module module = engine.compile(prepared.wasm())) {
            return Artefact.bytes(module.serialize(), prepared.gasGlobal());
        } catch (CompileException e) {
            throw new CompileRefusedException(
                    Reason.MODULE, "it does not compile: " + e.getMessage(), e);
        }
    }

    private static CompileRefusedException refused(String why) {
        return new CompileRefusedException(Reason.MODULE, why);
    }
}
