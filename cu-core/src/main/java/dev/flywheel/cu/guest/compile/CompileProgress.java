package dev.flywheel.cu.guest.compile;

import dev.flywheel.protocol.Id;

/**
 * How far a module is that is being compiled.
 *
 * @param module its id, as the one who asked named it
 * @param stage what is done with it now
 * @param bytes of the binary as published
 * @param functions of its own; 0 until it is prepared
 * @param elapsedMs since it was asked for while it waits, else since its compile began
 * @param cpuMs processor time of the compiling process for it
 * @param residentBytes memory of the compiling process now
 * @param limitMs most wall clock of its compile
 */
public record CompileProgress(
        Id module,
        Stage stage,
        long bytes,
        int functions,
        long elapsedMs,
        long cpuMs,
        long residentBytes,
        long limitMs) {

    /** What is done with a module. */
    public enum Stage {
        QUEUED("waits to be compiled"),
        PREPARING("is being prepared"),
        COMPILING("is being compiled");

        private final String text;

        Stage(String text) {
            this.text = text;
        }

        /** As a person reads it. */
        public String text() {
            return text;
        }
    }

    /** One sentence for a person who waits for it. */
    public String sentence() {
        return "module %s %s: seconds=%d of at most %d, bytes=%d"
                .formatted(module, stage.text(), elapsedMs / 1000, limitMs / 1000, bytes);
    }
}
