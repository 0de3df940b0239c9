package dev.flywheel.cu.module;

/**
 * What is wanted of a module.
 *
 * @param metered count gas, as the reference's instrumentation does
 * @param narrowed address a 64-bit memory of less than 4 GiB with 32 bits; does nothing to others
 */
public record PreparationOptions(boolean metered, boolean narrowed) {

    /** No gas, memory as it is. */
    public static final PreparationOptions UNMETERED = new PreparationOptions(false, false);

    /** With gas, memory as it is. */
    public static final PreparationOptions METERED = new PreparationOptions(true, false);
}
