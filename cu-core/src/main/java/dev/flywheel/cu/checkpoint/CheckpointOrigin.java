package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;

/**
 * Whose state it is and what made it. A state fits only what equals this in every part.
 *
 * @param moduleFormat tag of the module
 * @param passes identity of the passes that rewrote the module, since they name the globals
 */
public record CheckpointOrigin(Id process, Id module, String moduleFormat, String passes) {
    public CheckpointOrigin {
        Texts.check(moduleFormat);
        Texts.check(passes);
    }
}
