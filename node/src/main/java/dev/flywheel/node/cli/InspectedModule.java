package dev.flywheel.node.cli;

import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.cu.module.ModuleInspection;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ImportType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code flywheel module inspect} says.
 *
 * @param sha256 of the file, in hexadecimal digits
 * @param family the generation of guests that its imports and exports tell; null when none
 * @param formats the tags of that family
 * @param format the tag that it was judged by; null when there was none to judge by
 * @param trial loading it by that tag; null when it was not wanted, or without a tag
 */
record InspectedModule(
        Path file,
        String sha256,
        long bytes,
        ModuleInspection inspection,
        @Nullable Family family,
        List<String> formats,
        @Nullable String format,
        @Nullable ModuleTrial trial) {

    /** The family that it seems to be of; null when its names tell none. */
    static @Nullable Family family(ModuleInspection inspection) {
        return Family.of(
                inspection.imports().stream().map(ImportType::module).toList(),
                inspection.imports().stream().map(ImportType::name).toList(),
                inspection.exports().stream()
                        .map(ExportType::name)
                        .collect(Collectors.toUnmodifiableSet()),
                inspection.pointers64());
    }

    /** The tags of a family, those without gas first. */
    static List<String> formats(@Nullable Family family) {
        List<String> plain = new ArrayList<>();
        List<String> metered = new ArrayList<>();
        for (String tag : ModuleFormat.tags()) {
            ModuleFormat format = ModuleFormat.of(tag);
            if (format != null && format.family() == family) {
                (format.metered() ? metered : plain).add(tag);
            }
        }
        plain.addAll(metered);
        return List.copyOf(plain);
    }

    /** Why the node would not run it, as far as was looked; empty when it would. */
    Optional<String> refusal() {
        if (inspection.refusal().isPresent()) {
            return inspection.refusal();
        }
        if (format == null) {
            return Optional.of(
                    "its imports and exports tell no format; --format says which to judge by");
        }
        if (trial != null) {
            return Optional.ofNullable(trial.refusal());
        }
        return formats.contains(format) || family == null
                ? Optional.empty()
                : Optional.of("its imports and exports are those of family " + family);
    }

    /** Whether nothing was compiled, so that the engine's word is missing. */
    boolean isPreliminary() {
        return trial == null;
    }
}
