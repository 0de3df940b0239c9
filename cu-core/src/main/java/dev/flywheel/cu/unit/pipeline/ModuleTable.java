package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.unit.Evaluator;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Modules that are ready, being made ready, or refused. Dispatch thread only. */
final class ModuleTable {
    private final Map<Id, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** One module. */
    static final class Entry {
        Evaluator.@Nullable Module module;
        @Nullable StatusException refusal;
        long refusedUntilMs;

        /** Processes that wait for it. */
        final List<HostedProcess> waiting = new ArrayList<>();

        /** Instances there are or that are being made. */
        int users;
    }

    @Nullable Entry find(Id module, long nowMs) {
        Entry entry = entries.get(module);
        if (entry != null && entry.refusal != null && nowMs >= entry.refusedUntilMs) {
            entries.remove(module);
            return null;
        }
        return entry;
    }

    /** A module that is about to be made ready. */
    Entry begin(Id module) {
        Entry entry = new Entry();
        entries.put(module, entry);
        return entry;
    }

    void remove(Id module) {
        entries.remove(module);
    }

    Entry used(Id module) {
        Entry entry = entries.get(module);
        if (entry == null) {
            throw new IllegalStateException("module is in use but not known id=" + module);
        }
        return entry;
    }

    /** Takes out unused modules beyond the limit, the least recently used first. */
    List<Evaluator.Module> surplus(int unusedMax) {
        List<Evaluator.Module> closing = new ArrayList<>();
        long unused = entries.values().stream().filter(ModuleTable::isUnused).count();
        Iterator<Entry> oldest = entries.values().iterator();
        while (unused > unusedMax && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (isUnused(entry)) {
                if (entry.module != null) {
                    closing.add(entry.module);
                }
                oldest.remove();
                unused--;
            }
        }
        return closing;
    }

    List<Evaluator.Module> surplus() {
        return surplus(UnitLimits.UNUSED_MODULES_MAX);
    }

    private static boolean isUnused(Entry entry) {
        return entry.users == 0
                && entry.waiting.isEmpty()
                && (entry.module != null || entry.refusal != null);
    }
}
