package dev.flywheel.cu.guest;

/** How a recorded scenario is played. */
enum GoldenRun {
    /** One instance for all steps. */
    WARM,

    /** A new instance for each step, which is given the state that the step before left. */
    NEW_INSTANCES,

    /** As {@link #WARM}, under the metered format in the place of the recorded one: for the gas. */
    METERED
}
