package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.platform.files.PrivateFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was compiled, on disk. It is native code that runs as it is, so each entry carries a MAC
 * under the node's key: what was damaged, or comes from elsewhere, is ignored and made again.
 *
 * <pre>
 * file SHA-256(key) with the kind's suffix, 0600:
 *   content, so that the engine can map the file
 *   key, UTF-8    4  its length    8  magic    32  HMAC-SHA256 over all before
 * </pre>
 *
 * <p>An entry appears whole or not at all. When all of them pass a limit, those that were not used
 * for the longest time go: their files are unlinked, never cut, since they may be mapped.
 * Thread-safe; several nodes may share a directory, if they share the key.
 */
final class ArtefactCache {
    private static final Logger log = LoggerFactory.getLogger(ArtefactCache.class);

    private static final byte[] MAGIC = "flywart2".getBytes(UTF_8);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final int FIXED_BYTES = Integer.BYTES + MAGIC.length + MAC_BYTES;

    /** Read at once: stays in the processor's cache from the read to the MAC. */
    private static final int CHUNK_BYTES = 64 << 10;

    private final Path directory;
    private final SecretKeySpec key;
    private final Bounds bounds;
    private final InstantSource clock;

    /**
     * What is kept at most.
     *
     * @param suffix tells one kind of entry from another in the same directory
     */
    record Bounds(String suffix, long bytesMax, int filesMax) {}

    /**
     * An entry that can be trusted.
     *
     * @param file its content from 0 on, and some bytes behind it
     * @param end the last bytes of its content, at most {@link #CHUNK_BYTES}
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
    record Kept(Path file, long contentBytes, byte[] end) {}

    /**
     * @throws UncheckedIOException when the directory cannot be made
     */
    ArtefactCache(Path directory, byte[] key, Bounds bounds, InstantSource clock) {
        this.directory = directory;
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.bounds = bounds;
        this.clock = clock;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make the directory of compiled modules: directory=" + directory, e);
        }
    }

    /** The entry kept under this key, or null when there is none that can be trusted. */
    @Nullable Kept load(String name) {
        Path file = file(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > bounds.bytesMax()) {
                return ignored(file, "larger than the whole cache may be");
            }
            Sealed sealed = read(channel, size);
            byte[] utf8 = name.getBytes(UTF_8);
            String wrong = sealed == null ? "cut short" : sealed.mistake(utf8);
            if (sealed == null || wrong != null) {
                return ignored(file, String.valueOf(wrong));
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            int behind = utf8.length + FIXED_BYTES;
            return new Kept(
                    file, size - behind, Arrays.copyOf(sealed.end(), sealed.end().length - behind));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return ignored(file, e.toString());
        }
    }

    /**
     * A file as it was read.
     *
     * @param end its last bytes
     * @param mac what its MAC should be
     */
    @SuppressWarnings("ArrayRecordComponent") // local to load
    private record Sealed(byte[] end, byte[] mac) {

        @Nullable String mistake(byte[] name) {
            ByteBuffer rest = ByteBuffer.wrap(end);
            int macAt = end.length - MAC_BYTES;
            if (!rest.slice(macAt - MAGIC.length, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                return "not an artefact of this format, or cut short";
            }
            if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(end, macAt, end.length))) {
                return "damaged, or made with another node's key";
            }
            int lengthAt = end.length - FIXED_BYTES;
            boolean same =
                    rest.getInt(lengthAt) == name.length
                            && name.length <= lengthAt
                            && rest.slice(lengthAt - name.length, name.length)
                                    .equals(ByteBuffer.wrap(name));
            return same ? null : "an artefact of another module or configuration";
        }
    }

    /** One pass: the MAC of all but the last bytes, and the end. */
    private @Nullable Sealed read(FileChannel channel, long size) throws IOException {
        if (size < FIXED_BYTES) {
            return null;
        }
        Mac mac = mac();
        byte[] end = new byte[(int) Math.min(size, CHUNK_BYTES)];
        long endAt = size - end.length;
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (long at = 0; at < endAt; ) {
            chunk.clear().limit((int) Math.min(CHUNK_BYTES, endAt - at));
            int read = channel.read(chunk, at);
            if (read < 0) {
                return null;
            }
            mac.update(chunk.array(), 0, read);
            at += read;
        }
        ByteBuffer rest = ByteBuffer.wrap(end);
        while (rest.hasRemaining()) {
            if (channel.read(rest, endAt + rest.position()) < 0) {
                return null;
            }
        }
        mac.update(end, 0, end.length - MAC_BYTES);
        return new Sealed(end, mac.doFinal());
    }

    private static @Nullable Kept ignored(Path file, String why) {
        log.warn("compiled module ignored, it will be made again: file={} why={}", file, why);
        return null;
    }

    /** Keeps this content; failures are logged, since the module runs without all the same. */
    void store(String name, byte[] content) {
        byte[] utf8 = name.getBytes(UTF_8);
        long size = (long) content.length + utf8.length + FIXED_BYTES;
        if (size > bounds.bytesMax()) {
            log.warn(
                    "compiled module not kept: bytes={} max={} key={}",
                    size,
                    bounds.bytesMax(),
                    name);
            return;
        }
        ByteBuffer behind = ByteBuffer.allocate(utf8.length + FIXED_BYTES);
        behind.put(utf8).putInt(utf8.length).put(MAGIC);
        Mac mac = mac();
        mac.update(content);
        mac.update(behind.array(), 0, behind.position());
        behind.put(mac.doFinal()).flip();
        try {
            PrivateFiles.replace(file(name), ByteBuffer.wrap(content), behind);
            evict(file(name));
        } catch (IOException e) {
            log.warn("compiled module not kept: directory={}", directory, e);
        }
    }

    /** Forgets an entry that does not hold any more. */
    void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            log.warn("compiled module not removed: file={}", file(name), e);
        }
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private Path file(String name) {
        byte[] hash = Id.sha256(name.getBytes(UTF_8)).bytes();
        return directory.resolve(HexFormat.of().formatHex(hash) + bounds.suffix());
    }

    private record Entry(Path file, long bytes, FileTime used) {}

    /** Removes the entries that were not used for the longest time, but for {@code newest}. */
    private synchronized void evict(Path newest) throws IOException {
        List<Entry> entries = new ArrayList<>();
        long total = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(bounds.suffix())) {
                    Entry entry =
                            new Entry(file, Files.size(file), Files.getLastModifiedTime(file));
                    total += entry.bytes;
                    entries.add(entry);
                }
            }
        }
        entries.sort(Comparator.comparing(Entry::used));
        int count = entries.size();
        for (Entry entry : entries) {
            if (total <= bounds.bytesMax() && count <= bounds.filesMax()) {
                return;
            }
            if (!entry.file.equals(newest)) {
                Files.deleteIfExists(entry.file);
                total -= entry.bytes;
                count--;
                log.info("compiled module removed for room: file={}", entry.file);
            }
        }
    }
}
