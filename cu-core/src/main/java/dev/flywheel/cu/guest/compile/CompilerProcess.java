package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.cu.guest.compile.CompileRefusedException.Reason;
import dev.flywheel.cu.guest.compile.Frame.Kind;
import dev.flywheel.cu.guest.compile.Frame.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's side of one compiling process. One thread at a time uses it; {@link #watch} and {@link
 * #kill} may be called from any.
 */
final class CompilerProcess {
    private static final Logger log = LoggerFactory.getLogger(CompilerProcess.class);

    /** The kernel ends this one before the node when memory is short. */
    private static final String FIRST_TO_GO = "800";

    /** How Java shows that a signal ended a process. */
    private static final int SIGNAL = 128;

    /** By somebody, or by the kernel for want of memory. */
    private static final int KILLED = SIGNAL + 9;

    /** SIGHUP, SIGINT, SIGTERM: a terminal or a supervisor ends whole groups of processes. */
    private static final Set<Integer> ENDED_BY_OTHERS = Set.of(SIGNAL + 1, SIGNAL + 2, SIGNAL + 15);

    static final String SHUTTING_DOWN = "the compute unit is shutting down";

    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final ChildOutput errors;
    private final ProcessUsage usage;
    private final LongSupplier nanoTime;
    private final long startedNs;
    private volatile boolean greeted;
    private long requests;
    private volatile long idleSinceNs;
    private volatile @Nullable Job job;
    private volatile boolean killedByUs;
    private long watchedNs; // the watch's own

    /** It is gone, or had to be, and no limit was passed. */
    static final class GoneException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Reason reason;
        private final boolean again;

        GoneException(String message, Reason reason, boolean again, Throwable cause) {
            super(message, cause);
            this.reason = reason;
            this.again = again;
        }

        /** What that says of the module, if it is not tried again. */
        Reason reason() {
            return reason;
        }

        /** Whether somebody else ended it, so that another process may do better. */
        boolean isWorthAnother() {
            return again;
        }
    }

    private CompilerProcess(Process process, LongSupplier nanoTime) {
        this.process = process;
        this.nanoTime = nanoTime;
        this.startedNs = nanoTime.getAsLong();
        this.idleSinceNs = startedNs;
        this.in = process.getInputStream();
        this.out = process.getOutputStream();
        this.errors = new ChildOutput(process.pid(), process.getErrorStream());
        this.usage = new ProcessUsage(process.toHandle());
    }

    /**
     * Starts one; what it says of itself is read with the first module.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @throws IOException when the system does not start it
     */
    static CompilerProcess start(ChildCommand command, LongSupplier nanoTime) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.line());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        CompilerProcess started = new CompilerProcess(builder.start(), nanoTime);
        try {
            Files.writeString(
                    Path.of("/proc", Long.toString(started.pid()), "oom_score_adj"), FIRST_TO_GO);
        } catch (IOException e) {
            log.debug("no such thing on this system: oom_score_adj pid={}", started.pid(), e);
        }
        return started;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Compiles; blocks.
     *
     * @param identity what it must say of itself
     * @return the artefact's bytes
     * @throws CompileRefusedException about the module, or a limit that it passed
     * @throws GoneException when this process ended or misbehaved, and no limit was passed
     */
    byte[] compile(Job work, String identity) throws CompileRefusedException, GoneException {
        job = work;
        try {
            greet(identity);
            work.begin(usage.cpuMs());
            long request = ++requests;
            new Frame(Kind.COMPILE, request, payload(work.request)).write(out);
            return answer(work, request);
        } catch (IOException e) {
            throw gone(work, e);
        } finally {
            job = null;
            idleSinceNs = nanoTime.getAsLong();
        }
    }

    private void greet(String identity) throws IOException {
        if (greeted) {
            return;
        }
        Frame hello = Frame.read(in);
        if (hello.kind() != Kind.HELLO) {
            throw new ProtocolException("its first frame is kind=" + hello.kind());
        }
        if (!hello.text().equals(identity)) {
            throw new ProtocolException(
                    "its engine is another one: \""
                            + printable(hello.text())
                            + "\" instead of \""
                            + identity
                            + "\"");
        }
        greeted = true;
        log.info(
                "compiling process started: pid={} ms={} residentMb={}",
                pid(),
                (nanoTime.getAsLong() - startedNs) / 1_000_000,
                usage.residentBytes() >> 20);
    }

    private static byte[] payload(CompileRequest request) {
        byte[] tag = request.formatTag().getBytes(US_ASCII);
        return ByteBuffer.allocate(1 + tag.length + request.wasm().length)
                .put((byte) tag.length)
                .put(tag)
                .put(request.wasm())
                .array();
    }

    private byte[] answer(Job work, long request) throws IOException, CompileRefusedException {
        boolean prepared = false;
        while (true) {
            Frame frame = Frame.read(in);
            if (frame.request() != request) {
                throw new ProtocolException("its answer is to another request");
            }
            switch (frame.kind()) {
                case PREPARED -> {
                    if (prepared || frame.payload().length != Integer.BYTES) {
                        throw new ProtocolException("it prepared twice, or what is no number");
                    }
                    prepared = true;
                    work.prepared(ByteBuffer.wrap(frame.payload()).getInt());
                }
                case DONE -> {
                    sample(work);
                    return frame.payload();
                }
                case REFUSED ->
                        throw new CompileRefusedException(Reason.MODULE, printable(frame.text()));
                case TOO_LARGE -> {
                    if (frame.payload().length != Long.BYTES) {
                        throw new ProtocolException("it gives what is no number");
                    }
                    throw new CompileRefusedException(
                            Reason.LIMIT,
                            "its native code is too large: bytes=%d max=%d"
                                    .formatted(
                                            ByteBuffer.wrap(frame.payload()).getLong(),
                                            CompileLimits.ARTEFACT_BYTES_MAX));
                }
                default -> throw new ProtocolException("unexpected kind=" + frame.kind());
            }
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** What became of it, after its pipes broke or it broke the rules. */
    private GoneException gone(Job work, IOException cause) throws CompileRefusedException {
        boolean broken = cause instanceof ProtocolException;
        if (broken) {
            process.destroyForcibly();
        }
        int status = exitStatus();
        String passed = work.passed();
        if (passed != null) {
            throw new CompileRefusedException(
                    Reason.LIMIT,
                    "compiling it passed a limit of this host: %s (%s); if it is to be trusted, raise the limit"
                            .formatted(passed, work.figures()));
        }
        if (killedByUs) {
            return new GoneException(SHUTTING_DOWN, Reason.UNAVAILABLE, false, cause);
        }
        String what =
                broken
                        ? "the compiling process broke the rules: " + cause.getMessage()
                        : "the compiling process ended: " + described(status);
        Reason reason =
                !greeted || ENDED_BY_OTHERS.contains(status) ? Reason.UNAVAILABLE : Reason.CRASH;
        return new GoneException(
                "%s; its last words: %s (%s)".formatted(what, errors.last(), work.figures()),
                reason,
                !broken && (status == KILLED || ENDED_BY_OTHERS.contains(status)),
                cause);
    }

    /** -1 when it does not end. */
    private int exitStatus() {
        try {
            if (process.waitFor(CompileLimits.END_MS, TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return -1;
    }

    private static String described(int status) {
        if (status < 0) {
            return "it closed its output and stayed";
        }
        return status > SIGNAL
                ? "signal=" + (status - SIGNAL)
                : status == 3 ? "status=3 (out of Java heap)" : "status=" + status;
    }

    /** Looks at what it takes, and kills it beyond a limit. Called every now and then. */
    void watch() {
        Job work = job;
        if (work == null) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (!greeted) {
            if (now - startedNs > TimeUnit.MILLISECONDS.toNanos(CompileLimits.START_MS)) {
                log.error("compiling process does not start, it is killed: pid={}", pid());
                process.destroyForcibly();
            }
        } else if (now - watchedNs >= TimeUnit.MILLISECONDS.toNanos(usage.everyMs())) {
            watchedNs = now;
            if (sample(work)) {
                process.destroyForcibly();
            }
        }
    }

    private boolean sample(Job work) {
        return work.taken(usage.cpuMs(), usage.residentBytes());
    }

    /** What it takes now, in bytes. */
    long residentBytes() {
        return usage.residentBytes();
    }

    long idleMs() {
        return (nanoTime.getAsLong() - idleSinceNs) / 1_000_000;
    }

    /** Asks it to end by closing its input, which it does at once, and sees to it. */
    void end() {
        try {
            out.close();
        } catch (IOException e) {
            log.debug("compiling process was gone already: pid={}", pid(), e);
        }
        CompletableFuture.delayedExecutor(CompileLimits.END_MS, TimeUnit.MILLISECONDS)
                .execute(process::destroyForcibly);
    }

    /** Ends it at once: this node shuts down. */
    void kill() {
        killedByUs = true;
        process.destroyForcibly();
    }
}
