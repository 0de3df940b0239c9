package dev.flywheel.cu.guest.compile;

import dev.flywheel.cu.guest.compile.CompileProgress.Stage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One module on its way. Written by the thread that compiles it and by the watch, read by any. */
final class Job {
    final CompileRequest request;
    final CompletableFuture<byte[]> outcome = new CompletableFuture<>();
    private final CompileSettings settings;
    private volatile Stage stage = Stage.QUEUED;
    private volatile int functions;
    private volatile long startedNs = System.nanoTime();
    private volatile long cpuMsBefore;
    private volatile long cpuMs;
    private volatile long residentBytes;
    private volatile long residentBytesMost;
    private volatile @Nullable String passed;
    private long toldNs = System.nanoTime(); // the watch's own

    Job(CompileRequest request, CompileSettings settings) {
        this.request = request;
        this.settings = settings;
    }

    /** It waits for a process, again. */
    void queued() {
        stage = Stage.QUEUED;
        startedNs = System.nanoTime();
    }

    /** A process takes it up. */
    void begin(long processCpuMs) {
        cpuMsBefore = processCpuMs;
        cpuMs = 0;
        functions = 0;
        startedNs = System.nanoTime();
        stage = Stage.PREPARING;
    }

    void prepared(int count) {
        functions = count;
        stage = Stage.COMPILING;
    }

    /** What its process takes now; whether it passes a limit by that. */
    boolean taken(long processCpuMs, long processResidentBytes) {
        if (processCpuMs > 0) {
            cpuMs = Math.max(0, processCpuMs - cpuMsBefore);
        }
        residentBytes = processResidentBytes;
        residentBytesMost = Math.max(residentBytesMost, processResidentBytes);
        if (passed == null && stage != Stage.QUEUED) {
            passed = overrun();
        }
        return passed != null;
    }

    private @Nullable String overrun() {
        if (cpuMs > settings.cpuMs()) {
            return "processor time ms=%d max=%d, setting compile.ms"
                    .formatted(cpuMs, settings.cpuMs());
        }
        if (elapsedMs() > settings.wallMs()) {
            return "wall clock ms=%d max=%d, setting compile.ms"
                    .formatted(elapsedMs(), settings.wallMs());
        }
        if (residentBytes > settings.residentBytesMax()) {
            return "memory bytes=%d max=%d, setting compile.memory.mb"
                    .formatted(residentBytes, settings.residentBytesMax());
        }
        return null;
    }

    /** The limit that it passed, or null. */
    @Nullable String passed() {
        return passed;
    }

    /** Whether the log should hear of it again; asked by the watch. */
    boolean isToldAgain() {
        long now = System.nanoTime();
        if (stage == Stage.QUEUED
                || now - Math.max(startedNs, toldNs)
                        < TimeUnit.MILLISECONDS.toNanos(CompileLimits.LOG_EVERY_MS)) {
            return false;
        }
        toldNs = now;
        return true;
    }

    long elapsedMs() {
        return (System.nanoTime() - startedNs) / 1_000_000;
    }

    int bytes() {
        return request.wasm().length;
    }

    CompileProgress progress() {
        return new CompileProgress(
                request.moduleId(),
                stage,
                bytes(),
                functions,
                elapsedMs(),
                cpuMs,
                residentBytes,
                settings.wallMs());
    }

    /** How far it came, for log and refusals. */
    String figures() {
        return "stage=%s bytes=%d functions=%d ms=%d cpuMs=%d residentMb=%d"
                .formatted(
                        stage.name().toLowerCase(java.util.Locale.ROOT),
                        bytes(),
                        functions,
                        elapsedMs(),
                        cpuMs,
                        residentBytesMost >> 20);
    }
}
