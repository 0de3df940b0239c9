package dev.flywheel.cu.unit.pipeline;

import dev.flywheel.cu.guest.EvaluationLimits;
import dev.flywheel.cu.unit.cron.CronSchedule;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.ProcessRecord;

/**
 * What a process is, besides its state. Immutable.
 *
 * @param record what its scheduler tells
 * @param owner its owner as processes see it
 * @param moduleId its program
 * @param moduleFormat the program's Module-Format
 * @param environment second argument of each evaluation, JSON
 * @param limits what one evaluation may use
 * @param memoryBytesMax most linear memory
 * @param crons its cron tags
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record ProcessDefinition(
        ProcessRecord record,
        String owner,
        Id moduleId,
        String moduleFormat,
        byte[] environment,
        EvaluationLimits limits,
        long memoryBytesMax,
        CronSchedule crons) {

    Id id() {
        return record.processId();
    }
}
