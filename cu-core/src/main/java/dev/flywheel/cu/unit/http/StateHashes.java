package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.checkpoint.CheckpointOrigin;
import dev.flywheel.cu.checkpoint.StateTree;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.pipeline.ProcessView;
import dev.flywheel.cu.unit.pipeline.Want;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of states as answers: one says whether two units have the same state, and one more for
 * each level of the tree which page differs first. The trees of places in the log that were asked
 * for are kept for a moment, so that the questions about their nodes need no replay. Thread-safe.
 */
final class StateHashes {
    private static final HexFormat HEX = HexFormat.of();

    private final Map<Place, Hashed> recent = new LinkedHashMap<>(16, 0.75f, true); // this guards

    /**
     * What is asked for.
     *
     * @param nonce of the last entry of the state; {@link Want.Visit#ANY} for the present
     * @param node of the tree, null for none
     */
    record Question(long nonce, @Nullable Node node) {}

    /** A node of the tree, as {@link StateTree.Nodes} names it. */
    record Node(int level, long index) {}

    private record Place(Id process, long nonce) {}

    /** A state without its memory. The tree belongs to whoever has this one's lock. */
    private static final class Hashed {
        final Id process;
        final long nonce;
        final long timestamp;
        final long blockHeight;
        final boolean ticked;
        final CheckpointOrigin origin;
        final SequencedMap<String, Long> globals;
        final StateTree tree;
        final long atNs = System.nanoTime();

        Hashed(ProcessView view, SequencedMap<String, Long> globals, StateTree tree) {
            this.process = view.id();
            this.nonce = view.nonce();
            this.timestamp = view.timestamp();
            this.blockHeight = view.blockHeight();
            this.ticked = view.hasTicked();
            this.origin = view.origin();
            this.globals = globals;
            this.tree = tree;
        }

        boolean isOld() {
            return System.nanoTime() - atNs
                    > TimeUnit.MILLISECONDS.toNanos(UnitLimits.STATE_TREE_MS);
        }
    }

    /**
     * Reads {@code to}, {@code level} and {@code index}.
     *
     * @throws StatusException 400 when one of them is not what it must be
     */
    static Question question(Request request) {
        String to = request.query().first("to");
        long nonce =
                to == null || to.isEmpty()
                        ? Want.Visit.ANY
                        : number("to", to, Long.MAX_VALUE - 1, "the nonce of an entry");
        String level = request.query().first("level");
        String index = request.query().first("index");
        if ((level == null) != (index == null)) {
            throw new StatusException(
                    400,
                    "'level' and 'index' name a node of the tree together; give both, or none.");
        }
        if (level == null || index == null) {
            return new Question(nonce, null);
        }
        int at = (int) number("level", level, StateTree.LEVELS - 1, "a level of the tree");
        long last = StateTree.nodes(at) - 1;
        return new Question(
                nonce, new Node(at, number("index", index, last, "a node of level " + at)));
    }

    private static long number(String name, String text, long max, String what) {
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) > max) {
            throw new StatusException(
                    400,
                    "'%s': Expected %s, a number from 0 to %d, received '%s'."
                            .formatted(name, what, max, Asked.cut(text)));
        }
        return Long.parseLong(text);
    }

    /** The answer where the tree is still here; else null. */
    @Nullable Response known(Id process, Question question) {
        Hashed found;
        synchronized (this) {
            recent.values().removeIf(Hashed::isOld);
            found = recent.get(new Place(process, question.nonce()));
        }
        return found == null ? null : answer(found, question.node());
    }

    /** The answer. Guest thread; reads all of the memory. */
    Response of(ProcessView view, Question question) {
        Hashed hashed =
                view.read(
                        state ->
                                new Hashed(
                                        view, view.globals(state), StateTree.of(state.memory())));
        if (question.nonce() != Want.Visit.ANY) {
            keep(new Place(view.id(), question.nonce()), hashed);
        }
        return answer(hashed, question.node());
    }

    private synchronized void keep(Place place, Hashed hashed) {
        recent.put(place, hashed);
        long bytes = 0;
        for (Hashed each : recent.values()) {
            bytes += each.tree.memoryBytes();
        }
        var oldest = recent.values().iterator();
        while (oldest.hasNext()
                && (bytes > UnitLimits.STATE_TREES_BYTES_MAX
                        || recent.size() > UnitLimits.STATE_TREES_MAX)) {
            bytes -= oldest.next().tree.memoryBytes();
            oldest.remove();
        }
    }

    private static Response answer(Hashed of, @Nullable Node node) {
        JsonText json = new JsonText(2048).beginObject();
        json.name("process").string(of.process.toString());
        json.name("nonce").number(of.nonce);
        json.name("timestamp").number(of.timestamp);
        json.name("blockHeight").number(of.blockHeight);
        json.name("afterCron").bool(of.ticked);
        json.name("module").string(of.origin.module().toString());
        json.name("moduleFormat").string(of.origin.moduleFormat());
        json.name("passes").string(of.origin.passes());
        json.name("memoryBytes").number(of.tree.memoryBytes());
        json.name("globals").beginObject();
        of.globals.forEach((name, bits) -> json.name(name).string(HEX.toHexDigits(bits)));
        json.endObject();
        synchronized (of) {
            json.name("top").string(HEX.formatHex(of.tree.top()));
            json.name("stateHash").string(HEX.formatHex(of.tree.root(of.globals)));
            if (node != null) {
                json.name("node").beginObject();
                json.name("level").number(node.level()).name("index").number(node.index());
                json.name("hashes").string(HEX.formatHex(of.tree.node(node.level(), node.index())));
                json.endObject();
            }
        }
        return Response.json(200, json.endObject().toByteArray());
    }
}
