package dev.flywheel.cu.module;

/**
 * What is wanted of a module.
 *
 * @param metered count gas, as the reference's instrumentation does
 */
public record PreparationOptions(boolean metered) {

    /** No gas. */
    public static final PreparationOptions UNMETERED = new PreparationOptions(false);

    /** With gas. */
    public static final PreparationOptions METERED = new PreparationOptions(true);
}
