package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.cu.module.binary.WasmModule.Function;

/**
 * The older exception instructions ({@code try catch rethrow delegate}), which the engine does not
 * know, as {@code try_table} and {@code exnref}. HyperBEAM's own modules are built with them.
 *
 * <p>A {@code try} with clauses becomes one block per clause around a {@code try_table}, and one
 * more around all for its own label:
 *
 * <pre>
 * block $out (P -> R)
 *   block $1 (P -> parameters of tag 1, exnref when rethrown)
 *     try_table (P -> R) (catch tag 1 -> $1)   body   end
 *     br $out
 *   end
 *   [local.set $exception]   handler 1   br $out   …
 * end
 * </pre>
 *
 * The body of a try that others delegate to stands in one more block, whose end throws on what
 * arrives there. Types and locals are only appended, so no index moves.
 */
public final class LegacyExceptions implements ModulePass {

    @Override
    public String identity() {
        return "legacy-exceptions-1";
    }

    @Override
    public boolean apply(WasmModule module) throws MalformedModuleException {
        boolean changed = false;
        for (Function function : module.functions) {
            if (function.legacyExceptions) {
                new LegacyTranslation(module, function).run();
                changed = true;
            }
        }
        return changed;
    }
}
