package dev.flywheel.cu.module;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one pass alone does to a module as published.
 *
 * @param applies whether it changes anything
 * @param bytesAfter size of the module with the change; as before without one
 * @param refusal why it cannot be done to this module; null when it can
 */
public record PassTrial(Pass pass, boolean applies, long bytesAfter, @Nullable String refusal) {

    static PassTrial of(byte[] wasm, Pass pass) {
        try {
            RewrittenModule made = RewrittenModule.of(wasm, List.of(pass));
            return new PassTrial(pass, !made.applied().isEmpty(), made.wasm().length, null);
        } catch (MalformedModuleException e) {
            return new PassTrial(pass, false, wasm.length, e.getMessage());
        }
    }
}
