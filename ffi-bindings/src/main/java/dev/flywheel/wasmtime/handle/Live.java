package dev.flywheel.wasmtime.handle;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many native objects of one kind live now: the tests assert zero after each test. Any thread.
 */
public final class Live {

    private static final Map<String, Live> ALL = new TreeMap<>();

    public static final Live ENGINE = new Live("engine");
    public static final Live MODULE = new Live("module");
    public static final Live LINKER = new Live("linker");
    public static final Live STORE = new Live("store");
    public static final Live HOST_FUNCTION = new Live("host-function");

    private final String kind;
    private final LongAdder count = new LongAdder();

    private Live(String kind) {
        this.kind = kind;
        ALL.put(kind, this);
    }

    /** One more. */
    public void born() {
        count.increment();
    }

    /** One fewer. */
    public void died() {
        count.decrement();
    }

    /** Living objects by kind, all kinds. Exact while no other thread makes or closes any. */
    public static Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        ALL.forEach((kind, live) -> counts.put(kind, live.count.sum()));
        return counts;
    }

    @Override
    public String toString() {
        return kind;
    }
}
