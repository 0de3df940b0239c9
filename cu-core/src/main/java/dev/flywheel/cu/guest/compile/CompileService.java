package dev.flywheel.cu.guest.compile;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.compile.CompilerProcess.GoneException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles modules in processes of their own, which are started when they are needed, kept for a
 * while, and killed when a module passes a limit. {@link #compile} returns at once. Thread-safe.
 */
public final class CompileService implements ModuleCompiler {
    private static final Logger log = LoggerFactory.getLogger(CompileService.class);

    private final CompileSettings settings;
    private final ChildCommand command;
    private final String identity;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor watch;
    private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
    private final Set<CompilerProcess> children = ConcurrentHashMap.newKeySet();
    private final Deque<CompilerProcess> idle = new ArrayDeque<>(); // guarded by itself
    private final LongAdder compiled = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder limited = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private final LongAdder started = new LongAdder();
    private volatile boolean closed;

    /**
     * @param command starts a compiling process
     * @param identity what such a process must say of itself, so that its artefacts fit our engine
     */
    public CompileService(CompileSettings settings, ChildCommand command, String identity) {
        this(settings, command, identity, System::nanoTime);
    }

    /** With a clock of one's own, for how long compiling processes start and are idle. */
    CompileService(
            CompileSettings settings,
            ChildCommand command,
            String identity,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.command = command;
        this.identity = identity;
        this.workers =
                new ThreadPoolExecutor(
                        settings.children(),
                        settings.children(),
                        CompileLimits.IDLE_MS,
                        TimeUnit.MILLISECONDS,
                        new LinkedBlockingQueue<>(), // bounded by admit
                        Thread.ofPlatform().name("compile-", 0).daemon(true).factory());
        this.workers.allowCoreThreadTimeOut(true);
        this.watch =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("compile-watch").daemon(true).factory());
        this.watch.scheduleWithFixedDelay(
                this::look, CompileLimits.WATCH_MS, CompileLimits.WATCH_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletableFuture<byte[]> compile(CompileRequest request) {
        Job job = new Job(request, settings);
        CompileRefusedException refusal = admit(job);
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        try {
            workers.execute(() -> run(job));
        } catch (java.util.concurrent.RejectedExecutionException e) {
            refuse(job, shuttingDown());
        }
        return job.outcome;
    }

    private synchronized @Nullable CompileRefusedException admit(Job job) {
        if (closed) {
            return shuttingDown();
        }
        long bytes = job.bytes();
        for (Job other : jobs) {
            bytes += other.bytes();
        }
        if (jobs.size() >= CompileLimits.QUEUE_MAX
                || (!jobs.isEmpty() && bytes > CompileLimits.QUEUE_BYTES_MAX)) {
            return new CompileRefusedException(
                    Reason.UNAVAILABLE,
                    "too many modules wait to be compiled: modules=%d bytes=%d; try again later"
                            .formatted(jobs.size(), bytes));
        }
        jobs.add(job);
        return null;
    }

    private static CompileRefusedException shuttingDown() {
        return new CompileRefusedException(Reason.UNAVAILABLE, CompilerProcess.SHUTTING_DOWN);
    }

    private void run(Job job) {
        try {
            byte[] artefact = compiled(job);
            compiled.increment();
            log.info(
                    "module compiled: module={} {} artefactBytes={}",
                    job.request.moduleId(),
                    job.figures(),
                    artefact.length);
            jobs.remove(job);
            job.outcome.complete(artefact);
        } catch (CompileRefusedException e) {
            refuse(job, e);
        } catch (RuntimeException | Error e) {
            log.error("compiling failed: module={}", job.request.moduleId(), e);
            refuse(job, new CompileRefusedException(Reason.UNAVAILABLE, "compiling failed: " + e));
        }
    }

    private void refuse(Job job, CompileRefusedException refusal) {
        switch (refusal.reason()) {
            case MODULE -> refused.increment();
            case LIMIT -> limited.increment();
            case CRASH -> broken.increment();
            case UNAVAILABLE -> {}
        }
        if (!closed) {
            log.warn(
                    "module not compiled: module={} reason={} why={}",
                    job.request.moduleId(),
                    refusal.reason(),
                    refusal.getMessage());
        }
        jobs.remove(job);
        job.outcome.completeExceptionally(refusal);
    }

    private byte[] compiled(Job job) throws CompileRefusedException {
        try {
            return compiledBy(take(job), job);
        } catch (GoneException first) {
            if (closed || !first.isWorthAnother()) {
                throw refusal(first);
            }
            log.warn(
                    "module is compiled again in another process: module={} why={}",
                    job.request.moduleId(),
                    first.getMessage());
            job.queued();
            try {
                return compiledBy(take(job), job);
            } catch (GoneException second) {
                throw refusal(second);
            }
        }
    }

    private CompileRefusedException refusal(GoneException gone) {
        return closed
                ? shuttingDown()
                : new CompileRefusedException(
                        gone.reason(), String.valueOf(gone.getMessage()), gone);
    }

    private byte[] compiledBy(CompilerProcess child, Job job)
            throws CompileRefusedException, GoneException {
        boolean kept = false;
        try {
            byte[] artefact = child.compile(job, identity);
            kept = true;
            return artefact;
        } catch (CompileRefusedException e) {
            kept = e.reason() == Reason.MODULE;
            throw e;
        } finally {
            if (kept && child.residentBytes() <= CompileLimits.KEPT_BYTES_MAX) {
                synchronized (idle) {
                    idle.push(child);
                }
            } else {
                children.remove(child);
                child.end();
            }
        }
    }

    /** One that waits for work, or a new one. */
    private CompilerProcess take(Job job) throws CompileRefusedException {
        synchronized (idle) {
            while (!idle.isEmpty()) {
                CompilerProcess child = idle.pop();
                if (child.isAlive()) {
                    return child;
                }
                children.remove(child);
                log.warn("compiling process ended while idle: pid={}", child.pid());
            }
        }
        try {
            CompilerProcess child = CompilerProcess.start(command, nanoTime);
            started.increment();
            children.add(child);
            if (closed) {
                child.kill();
            }
            return child;
        } catch (IOException e) {
            log.error(
                    "compiling process cannot be started: module={} command={}",
                    job.request.moduleId(),
                    command.line(),
                    e);
            throw new CompileRefusedException(
                    Reason.UNAVAILABLE,
                    "no compiling process can be started: " + e.getMessage() + "; see the log",
                    e);
        }
    }

    /** The watch: limits, log, and processes that are not needed any more. */
    void look() {
        try {
            children.forEach(CompilerProcess::watch);
            for (Job job : jobs) {
                if (job.isToldAgain()) {
                    log.info(
                            "module is being compiled: module={} {}",
                            job.request.moduleId(),
                            job.figures());
                }
            }
            synchronized (idle) {
                idle.removeIf(this::endIfIdleForLong);
            }
        } catch (RuntimeException e) {
            log.error("compiling processes cannot be watched", e); // and the next look comes
        }
    }

    private boolean endIfIdleForLong(CompilerProcess child) {
        if (child.idleMs() < CompileLimits.IDLE_MS) {
            return false;
        }
        log.info("compiling process ends, it was not needed: pid={}", child.pid());
        children.remove(child);
        child.end();
        return true;
    }

    @Override
    public String limits() {
        return settings.toString();
    }

    @Override
    public List<CompileProgress> compiling() {
        return jobs.stream().map(Job::progress).toList();
    }

    @Override
    public CompileCounters counters() {
        return new CompileCounters(
                compiled.sum(),
                refused.sum(),
                limited.sum(),
                broken.sum(),
                started.sum(),
                children.size(),
                children.stream().mapToLong(CompilerProcess::residentBytes).sum());
    }

    /** Kills what compiles and refuses what waits. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        watch.shutdownNow();
        workers.shutdownNow();
        children.forEach(CompilerProcess::kill);
        try {
            if (!workers.awaitTermination(CompileLimits.END_MS, TimeUnit.MILLISECONDS)) {
                log.error("compiling does not end afterMs={}", CompileLimits.END_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(CompilerProcess::kill);
        for (Job job : jobs) { // those that no worker had taken up
            refuse(job, shuttingDown());
        }
    }
}
