package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.guest.compile.Artefact;
import dev.flywheel.cu.guest.compile.Compilation;
import dev.flywheel.cu.guest.compile.CompileLimits;
import dev.flywheel.cu.guest.compile.CompileRefusedException;
import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.compile.CompileRequest;
import dev.flywheel.cu.guest.compile.ModuleCompiler;
import dev.flywheel.protocol.Id;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled modules: from the artefact of an earlier run, or compiled once however many ask. What
 * was refused is remembered too, over restarts, so that a module which takes the compiler minutes
 * does so once. Thread-safe.
 */
final class CompiledModules {
    private static final Logger log = LoggerFactory.getLogger(CompiledModules.class);

    /** An artefact of an aos module has 2 MB, so the bytes are used up first. */
    private static final int ARTEFACTS_MAX = 10_000;

    private static final long FOR_EVER = Long.MAX_VALUE;

    /** Instead of an artefact that is in its file already. */
    private static final byte[] IN_FILE = new byte[0];

    private final Engine engine;
    private final String identity;
    private final ModuleCompiler compiler;
    private final ArtefactCache artefacts;
    private final ArtefactCache refusals;
    private final InstantSource clock;

    /** Compiles under way, by what they make. */
    private final ConcurrentHashMap<String, CompletableFuture<byte[]>> flights =
            new ConcurrentHashMap<>();

    /**
     * @param identity of the engine: all that its artefacts depend on beside the module
     * @param clock tells the age of refusals and of the last use of artefacts
     */
    CompiledModules(
            Engine engine,
            String identity,
            ModuleCompiler compiler,
            GuestEngineOptions options,
            InstantSource clock) {
        this.engine = engine;
        this.identity = identity;
        this.compiler = compiler;
        this.clock = clock;
        this.artefacts =
                new ArtefactCache(
                        options.artefactDirectory(),
                        options.artefactKey(),
                        new ArtefactCache.Bounds(
                                ".artefact", options.artefactBytesMax(), ARTEFACTS_MAX),
                        clock);
        this.refusals =
                new ArtefactCache(
                        options.artefactDirectory(),
                        options.artefactKey(),
                        new ArtefactCache.Bounds(
                                ".refusal",
                                CompileLimits.REFUSAL_BYTES_MAX,
                                CompileLimits.REFUSALS_MAX),
                        clock);
    }

    /**
     * The module in native code: some ms from an artefact, else as long as compiling takes. Blocks.
     *
     * @return to be closed by the caller
     * @throws ModuleRefusedException when it is refused, now or before
     */
    CompiledModule get(CompileRequest request) throws ModuleRefusedException {
        String name =
                "module sha256 "
                        + Id.sha256(request.wasm())
                        + " | "
                        + request.formatTag()
                        + " | "
                        + Compilation.IDENTITY
                        + " | "
                        + identity;
        try {
            CompiledModule kept = kept(name);
            return kept != null ? kept : ofBytes(compiledOnce(name, request), name);
        } catch (CompileRefusedException e) {
            throw new ModuleRefusedException(
                    e.reason() == Reason.UNAVAILABLE
                            ? ModuleRefusedException.Kind.NOT_NOW
                            : ModuleRefusedException.Kind.REFUSED,
                    "module " + request.moduleId() + " cannot be run: " + e.getMessage(),
                    e);
        }
    }

    private @Nullable CompiledModule kept(String name) {
        ArtefactCache.Kept kept = artefacts.load(name);
        if (kept == null) {
            return null;
        }
        try {
            return new CompiledModule(
                    engine.deserialize(kept.file()), Artefact.gasGlobal(kept.end()));
        } catch (CompileException e) {
            log.warn("compiled module refused by the engine, it will be made again", e);
            return null;
        }
    }

    /** From what was compiled just now: from the file when it was kept, which takes less. */
    private CompiledModule ofBytes(byte[] artefact, String name) throws CompileRefusedException {
        CompiledModule kept = kept(name);
        if (kept != null) {
            return kept;
        }
        try {
            return new CompiledModule(
                    engine.deserialize(MemorySegment.ofArray(artefact)),
                    Artefact.gasGlobal(artefact));
        } catch (CompileException | IllegalArgumentException e) {
            throw new CompileRefusedException(
                    Reason.CRASH,
                    "what was compiled does not fit the engine: " + e.getMessage(),
                    e);
        }
    }

    // ---- one compile, however many ask

    private byte[] compiledOnce(String name, CompileRequest request)
            throws CompileRefusedException {
        CompletableFuture<byte[]> mine = new CompletableFuture<>();
        CompletableFuture<byte[]> flight = flights.putIfAbsent(name, mine);
        if (flight == null) {
            flight = mine;
            begin(name, request, mine);
        }
        try {
            return flight.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompileRefusedException(
                    Reason.UNAVAILABLE, "whoever waited for it was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CompileRefusedException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("compiling failed name=" + name, e.getCause());
        }
    }

    private void begin(String name, CompileRequest request, CompletableFuture<byte[]> mine) {
        CompletableFuture<byte[]> compiled;
        try {
            if (artefacts.load(name) != null) { // made since we looked
                flights.remove(name, mine);
                mine.complete(IN_FILE);
                return;
            }
            refuseAgain(name);
            compiled = compiler.compile(request);
        } catch (CompileRefusedException | RuntimeException | Error e) {
            flights.remove(name, mine);
            mine.completeExceptionally(e);
            return;
        }
        compiled.whenComplete(
                (artefact, failure) -> {
                    try {
                        if (failure == null) {
                            artefacts.store(name, artefact);
                        } else if (failure instanceof CompileRefusedException refusal) {
                            remember(name, refusal);
                        }
                    } finally {
                        flights.remove(name, mine);
                        if (failure == null) {
                            mine.complete(artefact);
                        } else {
                            mine.completeExceptionally(failure);
                        }
                    }
                });
    }

    // ---- refusals: 8 bytes until when they hold, then the text

    private String refusalName(String name) {
        return "refusal | " + name + " | " + compiler.limits();
    }

    private void remember(String name, CompileRefusedException refusal) {
        long until =
                switch (refusal.reason()) {
                    case MODULE -> FOR_EVER;
                    case LIMIT, CRASH -> clock.millis() + CompileLimits.REFUSAL_MS;
                    case UNAVAILABLE -> 0;
                };
        if (until > 0) {
            byte[] text = String.valueOf(refusal.getMessage()).getBytes(UTF_8);
            int length = Math.min(text.length, CompileLimits.TEXT_BYTES_MAX);
            refusals.store(
                    refusalName(name),
                    ByteBuffer.allocate(Long.BYTES + length)
                            .putLong(until)
                            .put(text, 0, length)
                            .array());
        }
    }

    private void refuseAgain(String name) throws CompileRefusedException {
        ArtefactCache.Kept kept = refusals.load(refusalName(name));
        if (kept == null || kept.end().length < Long.BYTES) {
            return;
        }
        long until = ByteBuffer.wrap(kept.end()).getLong();
        if (clock.millis() >= until) {
            refusals.remove(refusalName(name));
            return;
        }
        String text =
                new String(Arrays.copyOfRange(kept.end(), Long.BYTES, kept.end().length), UTF_8);
        throw until == FOR_EVER
                ? new CompileRefusedException(Reason.MODULE, text)
                : new CompileRefusedException(
                        Reason.LIMIT,
                        text + "; it is not tried again before " + Instant.ofEpochMilli(until));
    }
}
