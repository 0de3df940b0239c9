package dev.flywheel.cu.unit.takeover;

import dev.flywheel.cu.checkpoint.CheckpointLimits;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A file checkpoint of a NodeJS unit: a row that says where in the log it stands, and a file with
 * the memory. That unit writes the file first, under the same name each time, then the row.
 *
 * @param module of the process
 * @param place where it stands
 * @param coding how the memory is packed
 * @param file name of the memory's file
 * @param recordedMs when the row was written
 */
record NodeJsCheckpoint(
        Id module, CheckpointPlace place, MemoryImage.Coding coding, String file, long recordedMs) {

    /**
     * Reads a row.
     *
     * @throws LeftOutException when it is not as that unit writes it, or stands at a cron message
     */
    static NodeJsCheckpoint of(Id process, Cells row) throws SQLException, LeftOutException {
        JsonNode at;
        try {
            at = Json.MAPPER.readTree(row.text("evaluation"));
        } catch (JacksonException e) {
            throw new LeftOutException("column evaluation is no JSON: " + e.getOriginalMessage());
        }
        if (!process.equals(Id.parseOrNull(text(at, "processId")))) {
            throw new LeftOutException("evaluation is of another process, or of none");
        }
        Id module = Id.parseOrNull(text(at, "moduleId"));
        if (module == null) {
            throw new LeftOutException("moduleId is no id");
        }
        if (text(at, "cron") != null || row.textOrNull("cron") != null) {
            throw new LeftOutException(
                    "it stands at a cron message; evaluate it to the next message there, or replay the log here");
        }
        // A name of that unit's making leads nowhere else.
        String file = "state-" + process + ".dat";
        if (!file.equals(row.text("file"))) {
            throw new LeftOutException("its file is not named " + file);
        }
        return new NodeJsCheckpoint(
                module, place(at, row), coding(text(at, "encoding")), file, row.number("cachedAt"));
    }

    private static CheckpointPlace place(JsonNode at, Cells row)
            throws SQLException, LeftOutException {
        long ordinate = number(at, "ordinate");
        long timestamp = number(at, "timestamp");
        // In that unit nonce 0 is as good as none.
        long nonce = at.path("nonce").isNumber() ? number(at, "nonce") : ordinate;
        long epoch = at.path("epoch").isNumber() ? number(at, "epoch") : 0;
        if (nonce != ordinate
                || epoch != 0
                || timestamp != row.number("timestamp")
                || ordinate != row.number("ordinate")) {
            throw new LeftOutException(
                    "its row contradicts itself: nonce=%d ordinate=%d epoch=%d timestamp=%d"
                            .formatted(nonce, ordinate, epoch, timestamp));
        }
        return CheckpointPlace.after(
                nonce,
                idOrNull(at, "assignmentId"),
                idOrNull(at, "hashChain"),
                timestamp,
                number(at, "blockHeight"));
    }

    private static MemoryImage.Coding coding(@Nullable String encoding) throws LeftOutException {
        return switch (encoding) {
            case null -> MemoryImage.Coding.RAW;
            case "" -> MemoryImage.Coding.RAW;
            case "gzip" -> MemoryImage.Coding.GZIP;
            default ->
                    throw new LeftOutException(
                            "unknown encoding "
                                    + encoding.substring(0, Math.min(encoding.length(), 40)));
        };
    }

    private static @Nullable String text(JsonNode object, String name) throws LeftOutException {
        JsonNode member = object.path(name);
        if (member.isMissingNode() || member.isNull()) {
            return null;
        }
        if (!member.isString()) {
            throw new LeftOutException(name + " is no text");
        }
        return member.stringValue();
    }

    private static @Nullable String idOrNull(JsonNode object, String name) throws LeftOutException {
        String text = text(object, name);
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (!Id.isId(text)) {
            throw new LeftOutException(name + " is no id");
        }
        return text;
    }

    private static long number(JsonNode object, String name) throws LeftOutException {
        String text = object.path(name).asString("");
        if (!text.matches("\\d{1,15}")) {
            throw new LeftOutException(name + " is no number");
        }
        return Long.parseLong(text);
    }

    /**
     * The memory's file.
     *
     * @param ignoreTimes whether one may be younger than its row
     * @throws LeftOutException when there is none that can be what the row is about
     */
    Path memory(Path directory, boolean ignoreTimes) throws LeftOutException {
        Path path = directory.resolve(file);
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new LeftOutException("there is no file " + path);
            }
            if (Files.size(path) > CheckpointLimits.MEMORY_BYTES_MAX) {
                throw new LeftOutException("file " + path + " is longer than a memory may be");
            }
            long changedMs = Files.getLastModifiedTime(path).toMillis();
            if (changedMs > recordedMs && !ignoreTimes) {
                throw new LeftOutException(
                        "file %s is %d ms younger than its row, so it may hold a later state: that unit was stopped between the two. If the files were copied without their times, repeat with --ignore-file-times"
                                .formatted(path, changedMs - recordedMs));
            }
            return path;
        } catch (IOException e) {
            throw new LeftOutException("file %s cannot be read (%s)".formatted(path, e));
        }
    }
}
