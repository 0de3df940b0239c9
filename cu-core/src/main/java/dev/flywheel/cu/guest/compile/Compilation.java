package dev.flywheel.cu.guest.compile;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModulePipeline;
import dev.flywheel.cu.module.Pass;
import dev.flywheel.cu.module.PreparationOptions;
import dev.flywheel.cu.module.PreparedModule;
import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.Module;
import org.jspecify.annotations.Nullable;

/** From a module as published to its artefact, on the calling thread. Stateless. */
public final class Compilation {

    /**
     * Names passes and checks with their versions: changes whenever the same module may become
     * something else, or be refused where it was not.
     */
    public static final String IDENTITY = ModulePipeline.IDENTITY + " checks-3";

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
            throw refusal(wasm, prepared, engine, e);
        }
    }

    /**
     * Why the engine refused the rewritten form of a module, told of the module as published where
     * it is the reason: its author knows no other offsets.
     */
    static CompileRefusedException refusal(
            byte[] published, PreparedModule prepared, Engine engine, CompileException cause) {
        if (prepared.shape().rewriting().passes().contains(Pass.LEGACY.identity())) {
            // The engine would refuse it for its older exceptions, whatever else is wrong.
            return notCompiled(
                    cause.getMessage()
                            + " (an offset of the form with today's exceptions that it was"
                            + " rewritten to)",
                    cause);
        }
        CompileException ofPublished = invalid(engine, published);
        if (ofPublished != null) {
            return notCompiled(ofPublished.getMessage(), ofPublished);
        }
        CompileException ofRewritten = invalid(engine, prepared.wasm());
        if (ofRewritten != null) {
            return notCompiled(
                    "it is valid, but the form that this unit rewrote it to is not, which is a"
                            + " fault of this unit: "
                            + ofRewritten.getMessage()
                            + " (an offset of the rewritten form, not of the module)",
                    ofRewritten);
        }
        return notCompiled(cause.getMessage(), cause); // a limit of the engine
    }

    private static @Nullable CompileException invalid(Engine engine, byte[] wasm) {
        try {
            engine.validate(wasm);
            return null;
        } catch (CompileException e) {
            return e;
        }
    }

    private static CompileRefusedException notCompiled(
            @Nullable String why, CompileException cause) {
        return new CompileRefusedException(Reason.MODULE, "it does not compile: " + why, cause);
    }

    private static CompileRefusedException refused(String why) {
        return new CompileRefusedException(Reason.MODULE, why);
    }
}
