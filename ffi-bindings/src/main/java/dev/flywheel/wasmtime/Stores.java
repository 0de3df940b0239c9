package dev.flywheel.wasmtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Living stores by number. Native code carries a store's number as the store's data, so that a host
 * function finds its store by an array access.
 */
final class Stores {

    /**
     * Far more than processes fit on a machine: a store with a guest takes 100 KB at the very
     * least.
     */
    private static final int STORES_MAX = 1 << 20;

    /**
     * Number 0 stays free: it is what a store that is not ours would carry. Replaced, never shrunk,
     * when it grows.
     */
    private static volatile @Nullable Store[] stores = new @Nullable Store[64];

    private static int free = 1;

    private Stores() {}

    static Store get(int number) {
        Store store = stores[number];
        if (store == null) {
            throw new IllegalStateException(
                    "host function called from an unknown store: number=" + number);
        }
        return store;
    }

    static synchronized int register(Store store) {
        @Nullable Store[] now = stores;
        for (int i = 0; i < now.length; i++) {
            int number = (free + i) % now.length;
            if (number != 0 && now[number] == null) {
                now[number] = store;
                free = number + 1;
                stores = now; // publishes the element too
                return number;
            }
        }
        if (now.length == STORES_MAX) {
            throw new IllegalStateException("too many stores: max=" + STORES_MAX + ". Close some.");
        }
        int number = now.length;
        now = Arrays.copyOf(now, now.length * 2);
        now[number] = store;
        free = number + 1;
        stores = now;
        return number;
    }

    static synchronized void unregister(int number) {
        @Nullable Store[] now = stores;
        now[number] = null;
        stores = now;
    }
}
