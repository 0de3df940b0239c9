package dev.flywheel.cu.module.pass;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.WasmModule;

/** One change of a module. Stateless. */
public interface ModulePass {

    /**
     * Name and version, e.g. {@code longjmp-1}. The version rises with every change of what the
     * pass makes: artefacts compiled from its output are kept under it.
     */
    String identity();

    /**
     * Changes the module, or finds nothing to change.
     *
     * @return whether anything was changed
     * @throws MalformedModuleException if the module cannot be what it claims
     */
    boolean apply(WasmModule module) throws MalformedModuleException;
}
