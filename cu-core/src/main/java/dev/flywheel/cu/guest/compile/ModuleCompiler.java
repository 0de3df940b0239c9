package dev.flywheel.cu.guest.compile;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes {@link Artefact}s of modules. Thread-safe. */
public interface ModuleCompiler extends AutoCloseable {

    /**
     * Prepares and compiles a module. Whether that happens before the call returns, the
     * implementation says.
     *
     * @return completed with the bytes of an {@link Artefact}, or with a {@link
     *     CompileRefusedException}
     */
    CompletableFuture<byte[]> compile(CompileRequest request);

    /** What, beside the module, decides whether it is refused: limits, for example. */
    String limits();

    /** Modules that wait or are being compiled now. */
    default List<CompileProgress> compiling() {
        return List.of();
    }

    /** Its numbers. */
    default CompileCounters counters() {
        return CompileCounters.NONE;
    }

    /** Ends it; what is being compiled is refused. Twice does nothing. */
    @Override
    void close();
}
