package dev.flywheel.cu.checkpoint;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint with all that it builds upon, open to be read: the newest file first, the full one
 * last. One thread.
 */
final class CheckpointChain implements AutoCloseable {
    private final List<CheckpointReader> readers = new ArrayList<>();

    /** What is known of files within one search, so that none is read twice. One thread. */
    static final class Known {
        private final Map<Path, @Nullable CheckpointDamagedException> looked = new HashMap<>();

        private void verify(CheckpointReader reader) throws IOException {
            if (!looked.containsKey(reader.file())) {
                try {
                    reader.verifyBytes();
                    looked.put(reader.file(), null);
                } catch (CheckpointDamagedException e) {
                    looked.put(reader.file(), e);
                }
            }
            CheckpointDamagedException damage = looked.get(reader.file());
            if (damage != null) {
                throw damage;
            }
        }
    }

    /** Takes what a checkpoint consists of, in ascending order, each page once. */
    interface Sink {
        void pages(int first, byte[] source, int offset, int pages) throws IOException;

        void zeros(int first, int pages) throws IOException;
    }

    private CheckpointChain() {}

    /**
     * Follows the parents, which are looked for beside the file.
     *
     * @throws CheckpointDamagedException when a file of it is no checkpoint, is missing, or does
     *     not belong to the one above it
     */
    static CheckpointChain open(CheckpointFiles files, Path file) throws IOException {
        CheckpointChain chain = new CheckpointChain();
        try {
            chain.add(CheckpointReader.open(files, file));
            long tables = chain.top().tableBytes();
            // Ends, since depths go down by one: no cycle, and no more than DELTAS_MAX steps.
            for (CheckpointReader at = chain.top(); !at.manifest().isFull(); ) {
                at = chain.addParent(files, at);
                tables += at.tableBytes();
                if (tables > CheckpointLimits.CHAIN_TABLE_BYTES_MAX) {
                    throw at.damaged(at.bytes(), "the chain's tables are too long");
                }
            }
            return chain;
        } catch (IOException | RuntimeException e) {
            chain.close();
            throw e;
        }
    }

    private void add(CheckpointReader reader) {
        readers.add(reader);
    }

    private CheckpointReader addParent(CheckpointFiles files, CheckpointReader child)
            throws IOException {
        CheckpointManifest of = child.manifest();
        CheckpointName name =
                Objects.requireNonNull(of.link().parent(), "only a full one has none");
        Path file = child.file().resolveSibling(name.file());
        CheckpointReader parent;
        try {
            parent = CheckpointReader.open(files, file);
        } catch (NoSuchFileException e) {
            throw child.damaged(child.manifestAt(), "its parent is missing: " + name.file());
        }
        add(parent);
        CheckpointManifest above = parent.manifest();
        if (!parent.end().equals(of.link().parentEnd())) {
            throw child.damaged(child.manifestAt(), "its parent is another: " + name.file());
        }
        if (above.link().depth() != of.link().depth() - 1
                || !above.name().equals(name)
                || name.compareTo(of.name()) >= 0
                || above.memoryBytes() > of.memoryBytes()
                || !above.origin().equals(of.origin())) {
            throw child.damaged(
                    child.manifestAt(), "it cannot come from its parent " + name.file());
        }
        return parent;
    }

    /** The checkpoint itself. */
    CheckpointReader top() {
        return readers.getFirst();
    }

    /** Newest first. */
    List<CheckpointReader> readers() {
        return readers;
    }

    /** Reads all bytes of all files, and their tables. */
    void verifyBytes(Known known) throws IOException {
        for (CheckpointReader reader : readers) {
            known.verify(reader);
            reader.table();
        }
    }

    /** One file while pages are taken from all of them. */
    private static final class Layer implements AutoCloseable {
        final FrameTable table;
        final CheckpointReader.Frame frame;

        /** First run that ends behind the present page. */
        int run;

        Layer(CheckpointReader reader) throws IOException {
            table = reader.table();
            frame = new CheckpointReader.Frame(reader);
        }

        /** Moves to a page; whether a run is there or behind it. */
        boolean to(int page) {
            while (run < table.runs() && table.end(run) <= page) {
                run++;
            }
            return run < table.runs();
        }

        @Override
        public void close() {
            frame.close();
        }
    }

    /**
     * Gives each page of the newest state to the sink, each frame verified before, and compares the
     * state hash at the end.
     *
     * @return the tree of the state
     * @throws CheckpointDamagedException when something is not as it was written; what the sink
     *     took until then must not be used
     */
    StateTree read(Sink sink) throws IOException {
        CheckpointManifest of = top().manifest();
        StateTree tree = new StateTree();
        tree.grow(of.memoryBytes());
        List<Layer> layers = new ArrayList<>();
        try {
            for (CheckpointReader reader : readers) {
                layers.add(new Layer(reader));
            }
            int pages = of.pages();
            for (int at = 0; at < pages; ) {
                at = step(layers, at, pages, tree, sink);
            }
        } finally {
            layers.forEach(Layer::close);
        }
        byte[] expected = HexFormat.of().parseHex(of.stateHash());
        if (!Arrays.equals(tree.root(of.globals()), expected)) {
            throw top().damaged(top().manifestAt(), "the pages do not have its state hash");
        }
        return tree;
    }

    /** Takes one stretch from the newest file that has the page; returns its end. */
    private static int step(List<Layer> layers, int at, int pages, StateTree tree, Sink sink)
            throws IOException {
        int end = pages;
        for (Layer layer : layers) {
            if (!layer.to(at)) {
                continue;
            }
            FrameTable table = layer.table;
            int run = layer.run;
            if (table.first(run) > at) {
                end = Math.min(end, table.first(run));
                continue;
            }
            end = Math.min(end, table.end(run));
            if (table.frame(run) != FrameTable.ZERO) {
                layer.frame.load(table.frame(run), tree);
                int from = table.at(run) + at - table.first(run);
                for (int page = at; page < end; page++) {
                    tree.put(page, layer.frame.hashes, (from + page - at) * Layout.HASH_BYTES);
                }
                sink.pages(at, layer.frame.plain, from * CheckpointLimits.PAGE_BYTES, end - at);
                return end;
            }
            break;
        }
        sink.zeros(at, end - at); // by a zero run, or grown since and never written
        return end;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (CheckpointReader reader : readers) {
            try {
                reader.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
