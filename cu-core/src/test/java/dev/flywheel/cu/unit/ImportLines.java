package dev.flywheel.cu.unit;

import dev.flywheel.cu.unit.takeover.ImportTotals;
import dev.flywheel.cu.unit.takeover.NodeJsImport;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes a NodeJS unit's data over, and keeps what was said. */
final class ImportLines implements NodeJsImport.Listener {
    final List<String> lines = new ArrayList<>();
    final ImportTotals totals;

    private ImportLines(NodeJsImport.Options options) throws IOException {
        try (NodeJsImport takeover = NodeJsImport.open(options, this)) {
            totals = takeover.run();
        }
    }

    static ImportLines of(NodeJsData data, Path unit) throws IOException {
        return of(data, unit, Set.of(), false);
    }

    static ImportLines of(NodeJsData data, Path unit, Set<Id> only, boolean dryRun)
            throws IOException {
        return new ImportLines(
                new NodeJsImport.Options(data.database, data.memories, unit, only, dryRun, false));
    }

    /** As {@link #of}, where files may be younger than what is recorded of them. */
    static ImportLines ignoringTimes(NodeJsData data, Path unit) throws IOException {
        return new ImportLines(
                new NodeJsImport.Options(
                        data.database, data.memories, unit, Set.of(), false, true));
    }

    @Override
    public void line(String line) {
        lines.add(line);
    }

    @Override
    public void progress(int processes, int of, ImportTotals soFar) {
        if (processes >= of) {
            throw new IllegalStateException("more processes than there are");
        }
    }
}
