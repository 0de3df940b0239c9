package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.cu.unit.ComputeUnitOptions.Settings;
import dev.flywheel.cu.unit.cron.CronSchedule;
import dev.flywheel.cu.unit.peer.Gateway;
import dev.flywheel.cu.unit.peer.Scheduler;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.HyperBeamPage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.ProcessRecord;
import dev.flywheel.protocol.ScheduledEntry;
import dev.flywheel.protocol.Tags;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a process is: its record, its module's tags, and whether this unit can run it.
 * Blocks. Thread-safe.
 */
final class ProcessLoader {
    /** The reference's formats; which of them the engine runs, it says itself. */
    private static final Set<String> FORMATS =
            Set.of(
                    "wasm32-unknown-emscripten",
                    "wasm32-unknown-emscripten2",
                    "wasm32-unknown-emscripten3",
                    "wasm32-unknown-emscripten4",
                    "wasm32-unknown-emscripten-metering",
                    "wasm64-unknown-emscripten-draft_2024_02_15",
                    "wasm64-unknown-emscripten-draft_2024_10_16-metering");

    private static final String WEAVE_DRIVE = "WeaveDrive";
    private static final Pattern BYTES =
            Pattern.compile("(\\d+(?:\\.\\d+)?) *(b|kb|mb|gb|tb|pb)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern INTEGER = Pattern.compile("\\s*(\\d{1,18})");

    private final Scheduler scheduler;
    private final Gateway gateway;
    private final Settings settings;

    ProcessLoader(Scheduler scheduler, Gateway gateway, Settings settings) {
        this.scheduler = scheduler;
        this.gateway = gateway;
        this.settings = settings;
    }

    /**
     * What the process is.
     *
     * @param entry an entry of its log that is at hand: when it is the process's own from a
     *     HyperBEAM node, nobody need be asked; null for none
     * @throws StatusException with the reference's status and words when it cannot be run
     */
    ProcessDefinition load(Id process, @Nullable ScheduledEntry entry) {
        ProcessRecord record = null;
        if (entry != null && HyperBeamPage.isOfNode(entry) && entry.processId().equals(process)) {
            record = ProcessRecord.of(entry);
        }
        if (record == null) {
            record = scheduler.process(process);
        }
        Tags tags = record.tags();
        require(tags.contains("Data-Protocol", "ao"), "Tag 'Data-Protocol': value 'ao' was not");
        require(tags.contains("Type", "Process"), "Tag 'Type': value 'Process' was not");
        String moduleText = tags.first("Module");
        require(moduleText != null, "Tag 'Module': was not");
        Id moduleId = Id.parseOrNull(moduleText);
        if (moduleId == null) {
            throw new StatusException(
                    500, "Gateway returned no transaction for '" + moduleText + "'");
        }
        Gateway.Item module = gateway.item(moduleId);
        String format = checkedFormat(module);
        long memoryLimit = bytes(limitTag("Memory-Limit", tags, module.tags()));
        if (memoryLimit < 0 || memoryLimit > settings.memoryBytesMax()) {
            throw exceeds("Memory-Limit", process);
        }
        long computeLimit = integer(limitTag("Compute-Limit", tags, module.tags()));
        if (computeLimit < 0 || computeLimit > settings.computeLimitMax()) {
            throw exceeds("Compute-Limit", process);
        }
        for (String extension : module.tags().all("Extension")) {
            if (!extension.equals(WEAVE_DRIVE)) {
                throw unsupported("Module Extensions", module.id(), "are");
            }
        }
        return new ProcessDefinition(
                record,
                record.owner().aoAddress(),
                moduleId,
                format,
                environment(record, module),
                new EvaluationLimits(computeLimit, settings.wallClockMs()),
                settings.memoryBytesMax(),
                crons(tags));
    }

    /** The module's binary. */
    byte[] wasm(Id module) {
        byte[] wasm = gateway.data(module.toString(), ModuleLimits.MODULE_BYTES_MAX);
        if (wasm == null) {
            throw new StatusException(500, "Gateway returned no data for module '" + module + "'");
        }
        return wasm;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new StatusException(500, what + " found on process");
        }
    }

    private static String checkedFormat(Gateway.Item module) {
        for (String encoding : new String[] {"Input-Encoding", "Output-Encoding"}) {
            if (!module.tags().has(encoding)) {
                throw unsupported(encoding + " for module", module.id(), "is");
            }
        }
        String format = module.tags().first("Module-Format");
        if (format == null) {
            return ""; // told by its shape when it is loaded: HyperBEAM's own modules have none
        }
        if (!FORMATS.contains(format)) {
            throw unsupported("Module-Format for module", module.id(), "is");
        }
        return format;
    }

    private static StatusException unsupported(String what, String module, String verb) {
        String forModule = what.endsWith("module") ? what : what + " for module";
        return new StatusException(
                422, forModule + " \"" + module + "\" " + verb + " not supported");
    }

    private static StatusException exceeds(String limit, Id process) {
        return new StatusException(
                413, limit + " for process \"" + process + "\" exceeds supported limit");
    }

    private static @Nullable String limitTag(String name, Tags process, Tags module) {
        String own = process.first(name);
        return own == null ? module.first(name) : own;
    }

    /** Reads {@code 500-mb}; -1 when it is missing or no size. */
    static long bytes(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        Matcher size = BYTES.matcher(text.replaceFirst("-", "").strip());
        if (!size.matches()) {
            return -1;
        }
        String unit = size.group(2) == null ? "b" : size.group(2).toLowerCase(Locale.ROOT);
        int power = unit.equals("b") ? 0 : 1 + "kmgtp".indexOf(unit.charAt(0));
        double bytes = Double.parseDouble(size.group(1)) * Math.pow(1024, power);
        return bytes > Long.MAX_VALUE ? Long.MAX_VALUE : (long) Math.floor(bytes);
    }

    /** Reads as JavaScript's {@code parseInt} does; -1 when there is no number. */
    static long integer(@Nullable String text) {
        Matcher digits = INTEGER.matcher(text == null ? "" : text);
        return digits.lookingAt() ? Long.parseLong(digits.group(1)) : -1;
    }

    private static CronSchedule crons(Tags tags) {
        try {
            return CronSchedule.of(tags);
        } catch (IllegalArgumentException e) {
            throw new StatusException(500, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] environment(ProcessRecord process, Gateway.Item module) {
        JsonText json = new JsonText(2048).beginObject();
        json.name("Process").beginObject();
        json.name("Id").string(process.processId().toString());
        json.name("Owner").string(process.owner().aoAddress());
        json.name("Tags").tags(process.tags()).endObject();
        json.name("Module").beginObject();
        json.name("Id").string(module.id());
        json.name("Owner").string(module.owner().aoAddress());
        json.name("Tags").tags(module.tags()).endObject();
        return json.endObject().toByteArray();
    }
}
