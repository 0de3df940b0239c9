package dev.flywheel.cu.guest.host;

/** The guest's own functions and memory, as host functions use them while the guest waits. */
public interface GuestFunctions extends GuestExports {

    /** Whether the guest exports a function of that name. */
    boolean has(String export);

    /**
     * Adds pages to the guest's memory.
     *
     * @return false when the module's own maximum forbids it
     * @throws HostLimitException when only this host's limit does
     */
    boolean grow(long pages);

    /** Gas used since the evaluation began. */
    long gasUsed();
}
