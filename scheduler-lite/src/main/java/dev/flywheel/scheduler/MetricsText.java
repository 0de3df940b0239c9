package dev.flywheel.scheduler;

import dev.flywheel.scheduler.pipeline.PipelineCounters;
import dev.flywheel.scheduler.pipeline.StageTimes;

/** The scheduler's counters in the OpenMetrics format, under the reference's names. */
final class MetricsText {
    static final String CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String DURATION = "su_core_metrics_duration_milliseconds";

    private MetricsText() {}

    static String of(Scheduler scheduler) {
        PipelineCounters counters = scheduler.counters();
        StringBuilder text = new StringBuilder(8192);
        text.append("# TYPE ").append(DURATION).append(" histogram\n");
        for (StageTimes times : counters.times()) {
            histogram(text, times);
        }
        counter(text, "message_save_failures", counters.failed());
        counter(text, "su_entries_scheduled", counters.scheduled());
        counter(text, "su_items_refused", counters.refused());
        counter(text, "su_uploads", scheduler.published());
        gauge(text, "su_uploads_behind", scheduler.unpublished());
        gauge(text, "su_entries_in_flight", scheduler.entriesInFlight());
        return text.append("# EOF\n").toString();
    }

    private static void histogram(StringBuilder text, StageTimes times) {
        String label = "function_name=\"" + times.name() + "\"";
        for (int i = 0; i < StageTimes.BOUNDS_US.size(); i++) {
            text.append(DURATION).append("_bucket{le=\"");
            text.append(StageTimes.BOUNDS_US.get(i) / 1e3).append("\",").append(label);
            text.append("} ").append(times.upTo(i)).append('\n');
        }
        text.append(DURATION).append("_bucket{le=\"+Inf\",").append(label);
        text.append("} ").append(times.count()).append('\n');
        text.append(DURATION).append("_sum{").append(label).append("} ");
        text.append(times.totalMs()).append('\n');
        text.append(DURATION).append("_count{").append(label).append("} ");
        text.append(times.count()).append('\n');
    }

    private static void counter(StringBuilder text, String name, long value) {
        text.append("# TYPE ").append(name).append(" counter\n");
        text.append(name).append("_total ").append(value).append('\n');
    }

    private static void gauge(StringBuilder text, String name, long value) {
        text.append("# TYPE ").append(name).append(" gauge\n");
        text.append(name).append(' ').append(value).append('\n');
    }
}
