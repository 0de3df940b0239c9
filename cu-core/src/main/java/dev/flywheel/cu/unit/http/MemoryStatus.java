package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.guest.MemoryUse;
import dev.flywheel.cu.unit.MemoryCounters;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.pipeline.Pipeline;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The memory of the unit and of its processes, as {@code /status} tells it. */
final class MemoryStatus {
    private MemoryStatus() {}

    /** Adds {@code memory} to an object; the processes that take most come first. */
    static void append(Pipeline pipeline, JsonText json) {
        MemoryCounters memory = pipeline.memory();
        json.name("memory").beginObject();
        json.name("budgetBytes").number(memory.budgetBytes());
        use(
                json,
                new MemoryUse(memory.reservedBytes(), memory.residentBytes(), memory.dirtyBytes()),
                memory.diskBytes());
        json.name("sleepBytes").number(memory.sleepBytes());
        json.name("putAway").number(memory.putAway());
        json.name("woken").number(memory.woken());
        json.name("refused").number(memory.refused());
        Map<Id, MemoryUse> all = pipeline.evaluations().memoryByProcess();
        json.name("processesWarm").number(all.size()).name("processes").beginArray();
        List<Map.Entry<Id, MemoryUse>> largest =
                all.entrySet().stream()
                        .sorted(Comparator.comparingLong(each -> -each.getValue().residentBytes()))
                        .limit(UnitLimits.STATUS_PROCESSES_MAX)
                        .toList();
        for (Map.Entry<Id, MemoryUse> each : largest) {
            json.beginObject().name("process").string(each.getKey().toString());
            use(json, each.getValue(), pipeline.diskBytes(each.getKey()));
            json.endObject();
        }
        json.endArray().endObject();
    }

    private static void use(JsonText json, MemoryUse use, long diskBytes) {
        json.name("reservedBytes").number(use.reservedBytes());
        json.name("residentBytes").number(use.residentBytes());
        json.name("dirtyBytes").number(use.dirtyBytes());
        json.name("diskBytes").number(diskBytes);
    }
}
