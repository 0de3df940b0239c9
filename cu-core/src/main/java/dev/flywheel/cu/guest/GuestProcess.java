package dev.flywheel.cu.guest;

import java.io.IOException;
import java.io.OutputStream;

/**
 * One AO process: an instance of its module with its memory. One call at a time, on threads of
 * {@link GuestThreads}, with a happens-before edge between two calls; {@link #interrupt} from any
 * thread.
 */
public final class GuestProcess implements AutoCloseable {
    private GuestProcess() {}

    /**
     * Hands one message to the guest. When it fails in any way, the process is exactly as before.
     *
     * @param messageJson first argument of {@code handle}, as {@code JSON.stringify} writes it
     * @param environmentJson second argument
     */
    public Evaluation evaluate(
            byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
        return GuestThreads.pending();
    }

    /** As {@link #evaluate}, and nothing of it remains. */
    public Evaluation dryRun(byte[] messageJson, byte[] environmentJson, EvaluationLimits limits) {
        return GuestThreads.pending();
    }

    /** Length of the linear memory. */
    public long memoryBytes() {
        return GuestThreads.pending();
    }

    /** Writes the whole linear memory. */
    public void writeMemory(OutputStream out) throws IOException {
        out.flush();
    }

    /** SHA-256 of the linear memory, in lower-case hexadecimal. */
    public String stateHash() {
        return GuestThreads.pending();
    }

    /**
     * Ends the evaluation that is running, if any, with {@link Evaluation.Kind#HOST_LIMIT} within
     * some ticks. Any thread; does not wait.
     */
    public void interrupt() {}

    /** Frees instance and memory. Twice does nothing. */
    @Override
    public void close() {}
}
