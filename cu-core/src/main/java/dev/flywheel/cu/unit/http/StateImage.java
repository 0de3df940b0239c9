package dev.flywheel.cu.unit.http;

import dev.flywheel.cu.unit.pipeline.ProcessView;
import dev.flywheel.platform.http.Response;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(file), COPY_BYTES)) {
                process.writeMemory(out);
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

    private static Response withPlace(Response answer, ProcessView process) {
        return answer.withHeader("Last-Timestamp", Long.toString(process.timestamp()))
                .withHeader("Last-Ordinate", Long.toString(process.nonce()))
                .withHeader("Last-Block-Height", Long.toString(process.blockHeight()));
    }
}
