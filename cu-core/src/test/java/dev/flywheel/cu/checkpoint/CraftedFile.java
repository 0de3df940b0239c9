package dev.flywheel.cu.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;

/** A file with the right hash at its end and whatever else its author likes. */
final class CraftedFile {
    final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    final ByteArrayOutputStream table = new ByteArrayOutputStream();
    String manifest;

    /** Of an empty full checkpoint with this many units of zeros, with a table yet to come. */
    CraftedFile(int units) {
        StateTree tree = new StateTree();
        tree.grow((long) units * TestProcess.UNIT);
        CheckpointManifest of =
                new CheckpointManifest(
                        TestProcess.ORIGIN,
                        TestProcess.state(5, new LinkedHashMap<>()).place(),
                        tree.memoryBytes(),
                        new LinkedHashMap<>(),
                        HexFormat.of().formatHex(tree.root(new LinkedHashMap<>())),
                        CheckpointManifest.Link.full(0),
                        1);
        manifest = new String(ManifestJson.write(of), UTF_8);
    }

    CraftedFile numbers(int... numbers) {
        for (int each : numbers) {
            table.writeBytes(ByteBuffer.allocate(4).putInt(each).array());
        }
        return this;
    }

    /** A hash of a frame. */
    CraftedFile hash() {
        table.writeBytes(new byte[Layout.HASH_BYTES]);
        return this;
    }

    CraftedFile frame(byte[] bytes) {
        frames.writeBytes(bytes);
        return this;
    }

    CraftedFile replace(String part, String by) {
        assert manifest.contains(part) : manifest;
        manifest = manifest.replace(part, by);
        return this;
    }

    /** Writes it under this name; returns its last bytes in hexadecimal. */
    String write(Path file) throws IOException {
        return write(file, table.size(), manifest.getBytes(UTF_8).length);
    }

    String write(Path file, int tableBytes, int manifestBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Layout.HEAD_MAGIC);
        all.writeBytes(ByteBuffer.allocate(8).putInt(Layout.VERSION).array());
        all.writeBytes(frames.toByteArray());
        all.writeBytes(table.toByteArray());
        all.writeBytes(manifest.getBytes(UTF_8));
        all.writeBytes(
                ByteBuffer.allocate(16)
                        .putLong(Layout.HEAD_BYTES + frames.size())
                        .putInt(tableBytes)
                        .putInt(manifestBytes)
                        .array());
        all.writeBytes(Layout.END_MAGIC);
        MessageDigest digest = Hashes.sha256();
        byte[] end = digest.digest(all.toByteArray());
        all.writeBytes(end);
        Files.createDirectories(file.getParent());
        Files.write(file, all.toByteArray());
        return HexFormat.of().formatHex(end);
    }
}
