package dev.flywheel.node.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.cu.module.ModuleInspection;
import dev.flywheel.cu.module.PassTrial;
import dev.flywheel.cu.module.binary.ModuleMeasure;
import dev.flywheel.cu.module.binary.SectionSummary;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.wasmtime.ExportType;
import dev.flywheel.wasmtime.ImportType;

/** An inspected module for machines: one JSON object. */
final class InspectionJson {
    private InspectionJson() {}

    static String of(InspectedModule inspected) {
        ModuleInspection inspection = inspected.inspection();
        JsonText json = new JsonText().beginObject();
        json.name("file").string(inspected.file().toString());
        json.name("sha256").string(inspected.sha256());
        json.name("bytes").number(inspected.bytes());
        json.name("family")
                .string(inspected.family() == null ? null : inspected.family().toString());
        json.name("formats").beginArray();
        inspected.formats().forEach(json::string);
        json.endArray();
        sections(inspection, json);
        surface(inspection, json);
        limits(inspection, json);
        passes(inspected, json);
        json.name("format").string(inspected.format());
        json.name("runs").bool(inspected.refusal().isEmpty());
        json.name("refusal").string(inspected.refusal().orElse(null));
        ModuleTrial trial = inspected.trial();
        json.name("compiled");
        if (trial == null) {
            json.nullValue();
        } else {
            json.beginObject().name("ms").number(trial.compileMs());
            json.name("artefactBytes").number(trial.artefactBytes()).endObject();
        }
        return new String(json.endObject().toByteArray(), UTF_8);
    }

    private static void sections(ModuleInspection inspection, JsonText json) {
        json.name("sections").beginArray();
        for (SectionSummary section : inspection.sections()) {
            json.beginObject().name("number").number(section.number());
            json.name("name").string(section.name());
            json.name("offset").number(section.offset());
            json.name("bytes").number(section.bytes());
            json.name("entries");
            if (section.count() < 0) {
                json.nullValue();
            } else {
                json.number(section.count());
            }
            json.endObject();
        }
        json.endArray();
    }

    private static void surface(ModuleInspection inspection, JsonText json) {
        json.name("imports").beginArray();
        for (ImportType i : inspection.imports()) {
            json.beginObject().name("module").string(i.module()).name("name").string(i.name());
            json.name("type").string(EntityText.of(i.type())).endObject();
        }
        json.endArray().name("exports").beginArray();
        for (ExportType export : inspection.exports()) {
            json.beginObject().name("name").string(export.name());
            json.name("type").string(EntityText.of(export.type())).endObject();
        }
        json.endArray().name("memory");
        json.string(inspection.memory().map(EntityText::of).orElse(null));
        json.name("tables").beginArray();
        inspection.tables().forEach(table -> json.string(EntityText.of(table)));
        json.endArray();
    }

    private static void limits(ModuleInspection inspection, JsonText json) {
        json.name("limits").beginArray();
        for (ModuleMeasure measure : inspection.measures()) {
            json.beginObject().name("name").string(measure.name());
            json.name("value").number(measure.value());
            json.name("limit").number(measure.limit()).endObject();
        }
        json.endArray();
    }

    private static void passes(InspectedModule inspected, JsonText json) {
        json.name("passes").beginArray();
        for (PassTrial trial : inspected.inspection().passes()) {
            json.beginObject().name("pass").string(trial.pass().text());
            json.name("identity").string(trial.pass().identity());
            json.name("applies").bool(trial.applies());
            json.name("bytesBefore").number(inspected.bytes());
            json.name("bytesAfter").number(trial.bytesAfter());
            json.name("refusal").string(trial.refusal()).endObject();
        }
        json.endArray();
    }
}
