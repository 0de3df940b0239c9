package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.guest.compile.CompileProgress;
import dev.flywheel.cu.unit.pipeline.CatchUp;
import dev.flywheel.cu.unit.pipeline.Evaluations;
import dev.flywheel.cu.unit.pipeline.Pipeline;
import dev.flywheel.cu.unit.store.Quarantine;
import dev.flywheel.cu.unit.store.ResultRow;
import dev.flywheel.platform.http.Response;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What readers wait for when a module is not ready yet, for them and for operators. */
final class Waits {
    private final Pipeline pipeline;
    private final Evaluations evaluations;
    private final Supplier<List<CompileProgress>> compiling;

    private final @Nullable URI node;
    private final URI gateway;

    Waits(
            Pipeline pipeline,
            Supplier<List<CompileProgress>> compiling,
            @Nullable URI node,
            URI gateway) {
        this.pipeline = pipeline;
        this.node = node;
        this.gateway = gateway;
        this.evaluations = pipeline.evaluations();
        this.compiling = compiling;
    }

    /** Why a process has no result yet, as the end of a sentence; empty when it is evaluated. */
    String why(@Nullable Id process) {
        Id module = process == null ? null : evaluations.preparing(process);
        if (module == null) {
            return process == null ? "" : behind(evaluations.catchingUp().get(process));
        }
        for (CompileProgress each : compiling.get()) {
            if (each.module().equals(module)) {
                return "; " + each.sentence();
            }
        }
        return "; module " + module + " is being fetched or loaded";
    }

    private static String behind(CatchUp.@Nullable Progress progress) {
        return progress == null
                ? ""
                : "; it is catching up: nonce %d of %d, %.1f a second, %d seconds left"
                        .formatted(
                                progress.nonce(),
                                progress.target(),
                                progress.perSecond(),
                                progress.secondsLeft());
    }

    /**
     * That the unit is there, whom it works with, which modules it compiles, who is behind, and
     * what memory it takes.
     *
     * @param asked process whose last result is told as well, or null
     * @param newest that result; null where there is none
     */
    Response status(@Nullable Id asked, @Nullable ResultRow newest) {
        JsonText json = new JsonText(256).beginObject().name("status").string("ok");
        json.name("unit").string("flywheel");
        json.name("behindHyperBeam").string(node == null ? null : node.toString());
        json.name("gateway").string(gateway.toString());
        if (asked != null) {
            json.name("process").beginObject().name("id").string(asked.toString());
            if (newest != null) {
                json.name("nonce").number(newest.nonce());
                json.name("timestamp").number(newest.timestamp());
            }
            json.endObject();
        }
        json.name("compiling").beginArray();
        for (CompileProgress each : compiling.get()) {
            json.beginObject().name("module").string(each.module().toString());
            json.name("stage").string(each.stage().name().toLowerCase(Locale.ROOT));
            json.name("bytes").number(each.bytes());
            json.name("functions").number(each.functions());
            json.name("milliseconds").number(each.elapsedMs());
            json.name("limitMilliseconds").number(each.limitMs());
            json.name("cpuMilliseconds").number(each.cpuMs());
            json.name("residentBytes").number(each.residentBytes()).endObject();
        }
        json.endArray().name("catchingUp").beginArray();
        evaluations
                .catchingUp()
                .forEach(
                        (process, progress) -> {
                            json.beginObject().name("process").string(process.toString());
                            json.name("nonce").number(progress.nonce());
                            json.name("target").number(progress.target());
                            json.name("perSecond").number(Math.round(progress.perSecond()));
                            json.name("secondsLeft").number(progress.secondsLeft()).endObject();
                        });
        json.endArray().name("quarantined").beginArray();
        for (Quarantine each : pipeline.quarantines().all()) {
            json.beginObject().name("process").string(each.process().toString());
            json.name("nonce").number(each.nonce());
            json.name("evaluatedMessage").string(each.evaluatedMessage());
            json.name("evaluatedAssignment").string(each.evaluatedAssignment());
            json.name("otherMessage").string(each.otherMessage());
            json.name("otherAssignment").string(each.otherAssignment());
            json.name("since").number(each.sinceMs()).endObject();
        }
        json.endArray();
        MemoryStatus.append(pipeline, json);
        return Response.json(200, json.endObject().toByteArray());
    }
}
