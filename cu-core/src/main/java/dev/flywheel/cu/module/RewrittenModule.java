package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.pass.Interruption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A module read, checked, changed by some passes and written. Some tens of milliseconds a megabyte.
 *
 * @param wasm the new binary; the caller's from now on
 * @param applied the passes that changed something, in order
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record RewrittenModule(byte[] wasm, List<Pass> applied) {

    /**
     * Does them in their own order, whatever the order given. Without any, what is written is what
     * was read, with numbers outside of code in their shortest form.
     *
     * @param wasm not changed, and not kept
     * @throws MalformedModuleException if it is not a well-formed binary, passes a limit, or cannot
     *     be rewritten as wanted
     */
    public static RewrittenModule of(byte[] wasm, Collection<Pass> passes)
            throws MalformedModuleException {
        WasmModule module = read(wasm);
        List<Pass> applied = apply(module, passes);
        return new RewrittenModule(ModuleWriter.write(module), applied);
    }

    /**
     * What else to say of a binary that was refused: that it is what this class wrote, if it seems
     * to be. Empty otherwise.
     */
    public static String hint(byte[] wasm) {
        boolean ours = new String(wasm, StandardCharsets.ISO_8859_1).contains(Interruption.MEMORY);
        return ours
                ? ". It seems to be written by these passes (it has "
                        + Interruption.MEMORY
                        + "): give the module that they were applied to."
                : "";
    }

    /** Reads a module as published, and holds it against the limits. */
    static WasmModule read(byte[] wasm) throws MalformedModuleException {
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
        return module;
    }

    /** Changes a module in place; what comes out is within the limits of rewritten ones. */
    static List<Pass> apply(WasmModule module, Collection<Pass> passes)
            throws MalformedModuleException {
        List<Pass> applied = new ArrayList<>();
        for (Pass pass : Pass.values()) {
            if (pass == Pass.INTERRUPT) {
                ModuleCheck.rewritten(module);
            }
            if (passes.contains(pass) && pass.pass.apply(module)) {
                applied.add(pass);
            }
        }
        return applied;
    }
}
