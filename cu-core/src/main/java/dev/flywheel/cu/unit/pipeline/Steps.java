package dev.flywheel.cu.unit.pipeline;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** How the parts of the dispatch thread start work elsewhere and go on. Dispatch thread only. */
interface Steps {
    /** Starts the next step of a process, if there is anything to do and none is under way. */
    void advance(HostedProcess process);

    /**
     * Runs a blocking step of a process on another thread; {@code then} and what follows run on the
     * dispatch thread.
     */
    <T> void step(HostedProcess process, Callable<T> work, Consumer<T> then);

    /** Something that had to end before the unit can has ended. */
    void hasEnded();

    /** The step under way failed. */
    void failed(HostedProcess process, Throwable failure);

    /**
     * Runs something that waits for peers; one of the two follows on the dispatch thread.
     *
     * @param failed gets the failure
     * @param then gets the result
     */
    <T> void io(Consumer<Throwable> failed, Callable<T> work, Consumer<T> then);

    /** Runs something on the dispatch thread, from any other. */
    void post(Runnable command);
}
