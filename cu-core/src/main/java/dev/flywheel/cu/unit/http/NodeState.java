package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.MemoryImage;
import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.cu.unit.pipeline.Pipeline;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Takes the memory of a process that a HyperBEAM node imported: the body is the memory, packed, the
 * headers say whose and as of which slot. It becomes a checkpoint, from which the process goes on.
 */
final class NodeState {
    private static final int READ_BYTES = 256 << 10;

    private final Pipeline pipeline;
    private final Semaphore running = new Semaphore(UnitLimits.STATE_IMPORTS_MAX);

    NodeState(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Takes one as it comes; blocks for as long as its sender and the disk take. */
    Response take(Request request, InputStream body) {
        Id process = id(request, "process");
        Id module = id(request, "module");
        CheckpointPlace place;
        try {
            place =
                    CheckpointPlace.after(
                            number(request, "nonce"),
                            request.header("assignment"),
                            request.header("hash-chain"),
                            number(request, "timestamp"),
                            number(request, "block-height"));
        } catch (IllegalArgumentException e) {
            throw refused(process, String.valueOf(e.getMessage()));
        }
        if (!running.tryAcquire()) {
            throw new StatusException(
                    503,
                    "memory of process "
                            + process
                            + " not taken: another one is being written, try again");
        }
        try {
            BufferedInputStream image = new BufferedInputStream(body, READ_BYTES);
            pipeline.importImage(
                    process,
                    module,
                    place,
                    isPacked(image) ? MemoryImage.Coding.GZIP : MemoryImage.Coding.RAW,
                    image);
        } catch (MemoryImage.RefusedException e) {
            throw refused(process, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new StatusException(
                    503,
                    "memory of process %s could not be written, see the log and the disk, then import it again: %s"
                            .formatted(process, e));
        } finally {
            running.release();
        }
        return Response.text(
                200, "process " + process + " goes on after slot " + place.nonce() + "\n");
    }

    /** By its first two bytes, since proxies drop headers; a memory has data there at address 0. */
    private static boolean isPacked(BufferedInputStream image) throws IOException {
        image.mark(2);
        byte[] first = image.readNBytes(2);
        image.reset();
        return first.length == 2 && first[0] == 0x1f && first[1] == (byte) 0x8b;
    }

    private static StatusException refused(@Nullable Id process, String why) {
        return new StatusException(
                422, "memory of process " + process + " not taken, nothing was changed: " + why);
    }

    private static Id id(Request request, String header) {
        Id id = Id.parseOrNull(request.header(header));
        if (id == null) {
            throw new StatusException(
                    400,
                    "memory not taken: header "
                            + header
                            + " must be an id of 43 characters, got "
                            + Asked.cut(String.valueOf(request.header(header))));
        }
        return id;
    }

    private static long number(Request request, String header) {
        String text = request.header(header);
        if (text == null || !NodeRoutes.isSlot(text.strip())) {
            throw new StatusException(
                    400,
                    "memory not taken: header "
                            + header
                            + " must be a number, got "
                            + Asked.cut(String.valueOf(text)));
        }
        return Long.parseLong(text.strip());
    }
}
