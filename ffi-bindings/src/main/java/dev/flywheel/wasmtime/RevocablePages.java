package dev.flywheel.wasmtime;

import dev.flywheel.wasmtime.raw.MmanH;
import java.lang.foreign.MemorySegment;

/**
 * Stops a guest from another thread, at no price but that of a load: code that the host itself put
 * into the guest reads from a memory that nothing else uses, and traps by {@link
 * TrapCode#MEMORY_OUT_OF_BOUNDS} while its pages are away.
 *
 * <p>Any other use of the memory meanwhile (by the host, by {@code memory.fill} and the like,
 * growth) ends the JVM. Any thread, one at a time: these calls, unlike others, do not belong to the
 * store's thread.
 */
public final class RevocablePages {

    private final MemorySegment pages;

    RevocablePages(MemorySegment pages) {
        this.pages = pages;
    }

    /**
     * Takes the pages away.
     *
     * @throws IllegalStateException when the store is closed, or the system refuses
     */
    public void revoke() {
        MmanH.mprotect(pages, MmanH.PROT_NONE);
    }

    /**
     * Gives them back, with what was in them.
     *
     * @throws IllegalStateException when the store is closed, or the system refuses
     */
    public void restore() {
        MmanH.mprotect(pages, MmanH.PROT_READ | MmanH.PROT_WRITE);
    }
}
