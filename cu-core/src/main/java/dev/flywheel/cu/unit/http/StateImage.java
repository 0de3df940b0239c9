package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.pipeline.ProcessView;
import dev.flywheel.platform.http.Response;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory images as answers. The process must not wait for a slow client, so its memory is written
 * to a file first, which has no name any more when it is sent: nothing is left of it afterwards.
 */
final class StateImage {
    private static final String TYPE = "application/octet-stream";
    private static final int COPY_BYTES = 1 << 20;

    private final Path directory;

    StateImage(Path directory) {
        this.directory = directory;
    }

    /** The head of the answer only. */
    Response head(ProcessView process) {
        return withPlace(
                Response.empty(200)
                        .withHeader("Content-Type", TYPE)
                        .withHeader("Content-Length", Long.toString(process.memoryBytes())),
                process);
    }

    /** The answer. Guest thread. */
    Response of(ProcessView process) throws IOException {
        Files.createDirectories(directory);
        Path file = Files.createTempFile(directory, "state-", ".bin");
        FileChannel image;
        try {
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                process.read(
                        state -> {
                            write(state.memory(), out);
                            return file;
                        });
            }
            image = FileChannel.open(file, StandardOpenOption.READ);
        } finally {
            Files.delete(file);
        }
        return withPlace(
                Response.stream(
                        200,
                        TYPE,
                        image.size(),
                        out -> {
                            try (image) {
                                Channels.newInputStream(image).transferTo(out);
                            }
                        }),
                process);
    }

    private static void write(MemorySegment memory, FileChannel out) throws IOException {
        for (long at = 0; at < memory.byteSize(); at += COPY_BYTES) {
            long bytes = Math.min(COPY_BYTES, memory.byteSize() - at);
            ByteBuffer piece = memory.asSlice(at, bytes).asByteBuffer();
            while (piece.hasRemaining()) {
                out.write(piece);
            }
        }
    }

    private static Response withPlace(Response answer, ProcessView process) {
        return answer.withHeader("Last-Timestamp", Long.toString(process.timestamp()))
                .withHeader("Last-Ordinate", Long.toString(process.nonce()))
                .withHeader("Last-Block-Height", Long.toString(process.blockHeight()));
    }
}
