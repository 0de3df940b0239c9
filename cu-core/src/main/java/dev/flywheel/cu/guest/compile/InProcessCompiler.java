package dev.flywheel.cu.guest.compile;

import dev.flywheel.wasmtime.Engine;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles on the caller's thread, before the call returns: for tests, benchmarks, and programs
 * that trust their modules. A hostile module can take this JVM's time and memory without end.
 */
public final class InProcessCompiler implements ModuleCompiler {
    private static final Logger log = LoggerFactory.getLogger(InProcessCompiler.class);

    private final Engine engine;

    /** Uses the engine, does not own it. */
    public InProcessCompiler(Engine engine) {
        this.engine = engine;
    }

    @Override
    public CompletableFuture<byte[]> compile(CompileRequest request) {
        long start = System.nanoTime();
        try {
            byte[] artefact =
                    Compilation.artefact(
                            request.formatTag(), request.wasm(), engine, functions -> {});
            log.info(
                    "module compiled: module={} bytes={} ms={} artefactBytes={}",
                    request.moduleId(),
                    request.wasm().length,
                    (System.nanoTime() - start) / 1_000_000,
                    artefact.length);
            return CompletableFuture.completedFuture(artefact);
        } catch (CompileRefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public String limits() {
        return "none";
    }

    @Override
    public void close() {}
}
