package dev.flywheel.cu.module.binary;

/** The largest of each thing that {@link BodyCheck} counts, over all bodies that it checked. */
final class BodyPeaks {

    long bytes;
    long locals;
    long blocks;
    long localsByBlocks;
    long calls;
    long depth;
    long branchEntries;
    long branchLabels;
    long clauses;

    void body(int bytesNow, int localsNow, int blocksNow, int callsNow) {
        bytes = Math.max(bytes, bytesNow);
        locals = Math.max(locals, localsNow);
        blocks = Math.max(blocks, blocksNow);
        localsByBlocks = Math.max(localsByBlocks, (long) localsNow * blocksNow);
        calls = Math.max(calls, callsNow);
    }

    void open(int depthNow) {
        depth = Math.max(depth, depthNow);
    }

    void branchTable(int entries, int labels) {
        branchEntries = Math.max(branchEntries, entries);
        branchLabels = Math.max(branchLabels, labels);
    }

    void tryTable(int clausesNow) {
        clauses = Math.max(clauses, clausesNow);
    }
}
