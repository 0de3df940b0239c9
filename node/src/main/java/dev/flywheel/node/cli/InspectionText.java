package dev.flywheel.node.cli;

import dev.flywheel.cu.module.ModuleInspection;
import dev.flywheel.cu.module.PassTrial;
import dev.flywheel.cu.module.binary.ModuleMeasure;
import dev.flywheel.cu.module.binary.SectionSummary;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ImportType;
import java.io.PrintWriter;
import java.util.Optional;

/** An inspected module for people. */
final class InspectionText {
    private final InspectedModule inspected;
    private final ModuleInspection inspection;
    private final PrintWriter out;

    private InspectionText(InspectedModule inspected, PrintWriter out) {
        this.inspected = inspected;
        this.inspection = inspected.inspection();
        this.out = out;
    }

    static void print(InspectedModule inspected, PrintWriter out) {
        InspectionText text = new InspectionText(inspected, out);
        text.head();
        text.sections();
        text.surface();
        text.limits();
        text.passes();
        text.verdict();
        out.flush();
    }

    private void head() {
        out.printf("file     %s%n", inspected.file());
        out.printf("sha256   %s%n", inspected.sha256());
        out.printf("bytes    %d%n", inspected.bytes());
        out.printf(
                "family   %s%n",
                inspected.family() == null
                        ? "none that its imports and exports tell"
                        : inspected.family() + ", told by its imports and exports");
        if (!inspected.formats().isEmpty()) {
            out.printf("formats  %s%n", String.join(", ", inspected.formats()));
        }
    }

    private void sections() {
        out.printf("%nsections (%d)%n", inspection.sections().size());
        out.printf("  %8s %10s %8s  %s%n", "offset", "bytes", "entries", "section");
        for (SectionSummary section : inspection.sections()) {
            out.printf(
                    "  %8d %10d %8s  %s%n",
                    section.offset(),
                    section.bytes(),
                    section.count() < 0 ? "" : Long.toString(section.count()),
                    section.number() == 0
                            ? "custom \"" + EntityText.clean(section.name()) + "\""
                            : section.name());
        }
    }

    private void surface() {
        out.printf("%nimports (%d)%n", inspection.imports().size());
        for (ImportType i : inspection.imports()) {
            out.printf(
                    "  %s.%s %s%n",
                    EntityText.clean(i.module()),
                    EntityText.clean(i.name()),
                    EntityText.of(i.type()));
        }
        out.printf("%nexports (%d)%n", inspection.exports().size());
        for (ExportType export : inspection.exports()) {
            out.printf("  %s %s%n", EntityText.clean(export.name()), EntityText.of(export.type()));
        }
        inspection.memory().ifPresent(memory -> out.printf("%n%s pages%n", EntityText.of(memory)));
        inspection.tables().forEach(table -> out.printf("%s%n", EntityText.of(table)));
    }

    private void limits() {
        if (inspection.measures().isEmpty()) {
            return;
        }
        out.printf("%nlimits%n");
        for (ModuleMeasure measure : inspection.measures()) {
            out.printf(
                    "  %-22s %12d of %15d%s%n",
                    measure.name(),
                    measure.value(),
                    measure.limit(),
                    measure.isWithin() ? "" : "  too much");
        }
    }

    private void passes() {
        if (inspection.passes().isEmpty()) {
            return;
        }
        out.printf("%npasses, each alone%n");
        for (PassTrial trial : inspection.passes()) {
            String what =
                    trial.refusal() != null
                            ? "refused: " + trial.refusal()
                            : trial.applies()
                                    ? inspected.bytes() + " -> " + trial.bytesAfter() + " bytes"
                                    : "nothing to do";
            out.printf("  %-10s %s%n", trial.pass().text(), what);
        }
    }

    private void verdict() {
        out.println();
        ModuleTrial trial = inspected.trial();
        if (trial != null) {
            out.printf(
                    "compiled in %d ms%s%n",
                    trial.compileMs(),
                    trial.refusal() == null ? ", artefact bytes=" + trial.artefactBytes() : "");
        }
        Optional<String> refusal = inspected.refusal();
        if (refusal.isPresent()) {
            out.printf("would not run: %s%n", refusal.get().replace('\n', ' '));
        } else {
            out.printf(
                    "would run as %s%s%n",
                    inspected.format(),
                    inspected.isPreliminary()
                            ? ", as far as can be told without compiling it"
                            : "");
        }
    }
}
