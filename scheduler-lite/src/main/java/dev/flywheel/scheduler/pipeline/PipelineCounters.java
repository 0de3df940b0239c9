package dev.flywheel.scheduler.pipeline;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the pipeline did since it started. Any thread reads. */
public final class PipelineCounters {
    final StageTimes verify = new StageTimes("verify");
    final StageTimes sequence = new StageTimes("sequence");
    final StageTimes sign = new StageTimes("sign");
    final StageTimes append = new StageTimes("append");
    final StageTimes commit = new StageTimes("commit");
    final StageTimes index = new StageTimes("index");

    /** From the arrival of an item to its acknowledgement. */
    final StageTimes writeItem = new StageTimes("write_item");

    final LongAdder scheduled = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();

    /** Entries acknowledged. */
    public long scheduled() {
        return scheduled.sum();
    }

    /** Items refused for what they are. */
    public long refused() {
        return refused.sum();
    }

    /** Items that could not be written. */
    public long failed() {
        return failed.sum();
    }

    public List<StageTimes> times() {
        return List.of(writeItem, verify, sequence, sign, append, commit, index);
    }
}
