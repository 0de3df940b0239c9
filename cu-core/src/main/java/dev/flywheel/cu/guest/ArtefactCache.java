package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.platform.files.PrivateFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
 * Compiled modules on disk. They are native code that runs as it is, so each entry carries a MAC
 * under the node's key: what was damaged, or comes from elsewhere, is ignored and made again.
 *
 * <pre>
 * file SHA-256(key).artefact, 0600:
 *   0   8  magic
 *   8  32  HMAC-SHA256 over all that follows
 *  40   4  length of the key       44  key, UTF-8     then the content, to the end
 * </pre>
 *
 * <p>An entry appears whole or not at all. When all of them pass the limit, those that were not
 * used for the longest time go. Thread-safe; several nodes may share a directory, if they share the
 * key.
 */
final class ArtefactCache {
    private static final Logger log = LoggerFactory.getLogger(ArtefactCache.class);

    private static final byte[] MAGIC = "flywart1".getBytes(UTF_8);
    private static final String SUFFIX = ".artefact";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final int HEADER_BYTES = MAGIC.length + MAC_BYTES;

    private final Path directory;
    private final SecretKeySpec key;
    private final long bytesMax;
    private final InstantSource clock;

    /**
     * @throws UncheckedIOException when the directory cannot be made
     */
    ArtefactCache(Path directory, byte[] key, long bytesMax, InstantSource clock) {
        this.directory = directory;
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.bytesMax = bytesMax;
        this.clock = clock;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make the directory of compiled modules: directory=" + directory, e);
        }
    }

    /** The content kept under this key, or null when there is none that can be trusted. */
    byte @Nullable [] load(String name) {
        Path file = file(name);
        try {
            if (Files.size(file) > bytesMax) {
                return ignored(file, "larger than the whole cache may be");
            }
            byte[] bytes = Files.readAllBytes(file);
            String wrong = mistake(bytes, name);
            if (wrong != null) {
                return ignored(file, wrong);
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return Arrays.copyOfRange(bytes, contentAt(name), bytes.length);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return ignored(file, e.toString());
        }
    }

    private @Nullable String mistake(byte[] bytes, String name) {
        if (bytes.length < contentAt(name)
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return "not an artefact of this format, or cut short";
        }
        byte[] mac = Arrays.copyOfRange(bytes, MAGIC.length, HEADER_BYTES);
        if (!MessageDigest.isEqual(mac, mac(bytes))) {
            return "damaged, or made with another node's key";
        }
        byte[] utf8 = name.getBytes(UTF_8);
        ByteBuffer rest = ByteBuffer.wrap(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        boolean same =
                rest.getInt() == utf8.length
                        && rest.slice(rest.position(), utf8.length).equals(ByteBuffer.wrap(utf8));
        return same ? null : "an artefact of another module or configuration";
    }

    private static int contentAt(String name) {
        return HEADER_BYTES + Integer.BYTES + name.getBytes(UTF_8).length;
    }

    private static byte @Nullable [] ignored(Path file, String why) {
        log.warn("compiled module ignored, it will be made again: file={} why={}", file, why);
        return null;
    }

    /** Keeps this content; failures are logged, since the module runs without all the same. */
    void store(String name, byte[] content) {
        byte[] utf8 = name.getBytes(UTF_8);
        long size = (long) contentAt(name) + content.length;
        if (size > bytesMax) {
            log.warn("compiled module not kept: bytes={} max={} key={}", size, bytesMax, name);
            return;
        }
        ByteBuffer file = ByteBuffer.allocate((int) size);
        file.put(MAGIC).position(HEADER_BYTES);
        file.putInt(utf8.length).put(utf8).put(content);
        file.put(MAGIC.length, mac(file.array()));
        try {
            PrivateFiles.replace(file(name), file.array());
            evict(file(name));
        } catch (IOException e) {
            log.warn("compiled module not kept: directory={}", directory, e);
        }
    }

    private byte[] mac(byte[] file) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(file, HEADER_BYTES, file.length - HEADER_BYTES);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private Path file(String name) {
        byte[] hash = Id.sha256(name.getBytes(UTF_8)).bytes();
        return directory.resolve(HexFormat.of().formatHex(hash) + SUFFIX);
    }

    private record Entry(Path file, long bytes, FileTime used) {}

    /** Removes the entries that were not used for the longest time, but for {@code newest}. */
    private synchronized void evict(Path newest) throws IOException {
        List<Entry> entries = new ArrayList<>();
        long total = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(SUFFIX)) {
                    Entry entry =
                            new Entry(file, Files.size(file), Files.getLastModifiedTime(file));
                    total += entry.bytes;
                    entries.add(entry);
                }
            }
        }
        entries.sort(Comparator.comparing(Entry::used));
        for (Entry entry : entries) {
            if (total <= bytesMax) {
                return;
            }
            if (!entry.file.equals(newest)) {
                Files.deleteIfExists(entry.file);
                total -= entry.bytes;
                log.info("compiled module removed for room: file={}", entry.file);
            }
        }
    }
}
