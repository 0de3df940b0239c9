package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of processes in a directory, one file each, never changed once it has its name.
 *
 * <pre>
 *   directory/&lt;first two characters&gt;/&lt;process&gt;/&lt;nonce&gt;-&lt;seq&gt;.checkpoint
 * </pre>
 *
 * <p>A file appears whole, and a call that returned is on the disk: whatever moment the program is
 * killed at, the newest whole checkpoint is the one before or the one that was being written. For
 * one program at a time. Thread-safe; calls for one process come from one thread at a time, its
 * owner's.
 */
public final class CheckpointStore {
    private static final Logger log = LoggerFactory.getLogger(CheckpointStore.class);

    private final Path directory;
    private final CheckpointFiles files;
    private final InstantSource clock;
    private final Map<Id, ProcessFiles> processes = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private volatile RetentionPolicy policy;

    private CheckpointStore(
            Path directory, CheckpointFiles files, RetentionPolicy policy, InstantSource clock) {
        this.directory = directory;
        this.files = files;
        this.policy = policy;
        this.clock = clock;
    }

    /** On the disk, with the machine's clock. */
    public static CheckpointStore open(Path directory, RetentionPolicy policy) throws IOException {
        return open(directory, CheckpointFiles.disk(), policy, InstantSource.system());
    }

    /**
     * Opens a directory, which is made when it is not there. Removes what an interrupted write
     * left; looks at names and lengths only.
     */
    public static CheckpointStore open(
            Path directory, CheckpointFiles files, RetentionPolicy policy, InstantSource clock)
            throws IOException {
        CheckpointStore store = new CheckpointStore(directory, files, policy, clock);
        files.createDirectories(directory);
        for (CheckpointFiles.Entry prefix : files.list(directory)) {
            if (prefix.isDirectory()) {
                for (CheckpointFiles.Entry each : files.list(directory.resolve(prefix.name()))) {
                    Id process = each.isDirectory() ? Id.parseOrNull(each.name()) : null;
                    if (process != null) {
                        store.files(process).list(true);
                    }
                }
            }
        }
        return store;
    }

    private ProcessFiles files(Id process) {
        return processes.computeIfAbsent(
                process,
                id ->
                        new ProcessFiles(
                                id,
                                CheckpointName.directory(directory, id),
                                files,
                                bytes::addAndGet));
    }

    /** Replaces the policy; holds from the next write of each process on. */
    public void setPolicy(RetentionPolicy next) {
        policy = next;
    }

    /** Bytes of all checkpoints. */
    public long bytes() {
        return bytes.get();
    }

    /** Bytes of a process's checkpoints. */
    public long bytes(Id process) {
        ProcessFiles found = processes.get(process);
        return found == null ? 0 : found.bytes();
    }

    // Writing -----------------------------------------------------------------------------------

    /**
     * Writes a state; returns when it is on the disk. Then older ones are removed, as the policy
     * says. Takes the time of the pages changed; with a full one, of those that are not zero.
     *
     * @param parent what the changes are to: what this store gave or wrote last; null to have all
     *     written. Without effect when the policy wants a full one, or the parent is not there any
     *     more
     * @throws IOException when it could not be written. Nothing is lost: what was there is there,
     *     and the changes go into the next call, with the same parent
     * @throws IllegalArgumentException when the state does not go on from the parent, or cannot be
     *     put down within {@link CheckpointLimits}
     * @throws IllegalStateException when a page changed that the tree does not know of
     */
    public Checkpoint write(
            CheckpointState state, MemoryPicture picture, @Nullable Checkpoint parent)
            throws IOException {
        Id process = state.origin().process();
        ProcessFiles known = files(process);
        long nonce = state.place().nonce();
        CheckpointName name = new CheckpointName(nonce, known.nextSeq(nonce));
        Checkpoint base =
                parent != null && isBase(known, parent, state, picture, name) ? parent : null;
        CheckpointManifest.Link link =
                base == null
                        ? CheckpointManifest.Link.full(name.seq())
                        : new CheckpointManifest.Link(
                                name.seq(),
                                base.manifest().link().depth() + 1,
                                base.manifest().name(),
                                base.end());
        CheckpointManifest manifest =
                new CheckpointManifest(
                        state.origin(),
                        state.place(),
                        picture.memory().byteSize(),
                        state.globals(),
                        HexFormat.of().formatHex(picture.tree().root(state.globals())),
                        link,
                        clock.millis());
        return publish(
                name,
                process,
                base,
                writer -> {
                    PageWriter pages = new PageWriter(picture, writer);
                    if (manifest.isFull()) {
                        pages.full();
                    } else {
                        pages.delta();
                    }
                    return manifest;
                });
    }

    /** Whether a delta to this parent may be written. */
    private boolean isBase(
            ProcessFiles known,
            Checkpoint parent,
            CheckpointState state,
            MemoryPicture picture,
            CheckpointName name) {
        CheckpointManifest of = parent.manifest();
        if (!of.origin().equals(state.origin())
                || of.name().compareTo(name) >= 0
                || of.memoryBytes() > picture.memory().byteSize()) {
            throw new IllegalArgumentException(
                    "the state does not go on from its parent: name=%s parent=%s memoryBytes=%d parentMemoryBytes=%d"
                            .formatted(
                                    name, parent, picture.memory().byteSize(), of.memoryBytes()));
        }
        return known.has(of.name()) && !policy.wantsFull(parent);
    }

    private Checkpoint publish(
            CheckpointName name, Id process, @Nullable Checkpoint base, Publication.Content content)
            throws IOException {
        ProcessFiles known = files(process);
        Path folder = CheckpointName.directory(directory, process);
        Path file = folder.resolve(name.file());
        Publication.Written written;
        try {
            files.createDirectories(folder);
            if (known.bytes() == 0) {
                files.syncDirectory(directory);
                files.syncDirectory(directory.resolve(process.toString().substring(0, 2)));
            }
            written = Publication.publish(files, file, content);
        } catch (IOException e) {
            relist(known, e);
            throw e;
        }
        known.add(written.manifest(), written.bytes());
        known.prune(policy, name);
        Checkpoint.Sizes sizes =
                base == null
                        ? new Checkpoint.Sizes(written.bytes(), written.bytes(), 0)
                        : new Checkpoint.Sizes(
                                written.bytes(),
                                base.sizes().fullBytes(),
                                base.sizes().deltaBytes() + written.bytes());
        return new Checkpoint(
                files, file, written.manifest(), written.end(), sizes, e -> refuse(known, e));
    }

    /** After a failure only the disk knows what is there. */
    private static void relist(ProcessFiles known, IOException failure) {
        try {
            known.list(false);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Makes a full checkpoint of a memory image. Holds one frame of it at a time.
     *
     * @param in stays open; read to its end
     * @param state with no globals for an image that came without
     * @param bytesMax longest memory, at most {@link CheckpointLimits#MEMORY_BYTES_MAX}
     * @throws MemoryImage.RefusedException when it is no image, or too long
     */
    public Checkpoint importImage(
            InputStream in, MemoryImage.Coding coding, CheckpointState state, long bytesMax)
            throws IOException {
        Id process = state.origin().process();
        long nonce = state.place().nonce();
        CheckpointName name = new CheckpointName(nonce, files(process).nextSeq(nonce));
        return publish(
                name,
                process,
                null,
                CheckpointTool.image(in, coding, state, bytesMax, name.seq(), clock.millis()));
    }

    // Reading -----------------------------------------------------------------------------------

    /**
     * The newest checkpoint up to a nonce of which every byte, and of all that it builds upon, is
     * as it was written. One that is not is passed over with a line in the log. Reads all files of
     * one chain, more where some are damaged.
     *
     * @param origin what it must come from in every part
     * @return none when there is none that can be used
     */
    public Optional<Checkpoint> newest(CheckpointOrigin origin, long atMostNonce) {
        Id process = origin.process();
        ProcessFiles known = files(process);
        CheckpointChain.Known looked = new CheckpointChain.Known();
        boolean passed = false;
        for (CheckpointName name : known.newestFirst(atMostNonce)) {
            try {
                Checkpoint found = whole(known, origin, name, looked);
                if (passed) {
                    log.warn(
                            "older checkpoint used instead: process={} file={}",
                            process,
                            name.file());
                }
                return Optional.of(found);
            } catch (IOException e) {
                passed = true;
                log.warn(
                        "checkpoint not used: process={} file={} why={}",
                        process,
                        name.file(),
                        e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Checkpoint whole(
            ProcessFiles known,
            CheckpointOrigin origin,
            CheckpointName name,
            CheckpointChain.Known looked)
            throws IOException {
        Path file = CheckpointName.directory(directory, origin.process()).resolve(name.file());
        try (CheckpointChain chain = CheckpointChain.open(files, file)) {
            CheckpointReader top = chain.top();
            CheckpointManifest manifest = top.manifest();
            if (!manifest.name().equals(name)) {
                throw top.damaged(top.manifestAt(), "it had another name: " + manifest.name());
            }
            if (!manifest.origin().equals(origin)) {
                throw top.damaged(top.manifestAt(), "of another process, module, format or passes");
            }
            for (CheckpointReader each : chain.readers()) {
                if (known.isRefused(each.manifest().name())) {
                    throw each.damaged(0, "found damaged before");
                }
            }
            chain.verifyBytes(looked);
            return new Checkpoint(
                    files,
                    file,
                    manifest,
                    top.end(),
                    Checkpoint.Sizes.of(chain),
                    e -> refuse(known, e));
        }
    }

    /**
     * The place of the newest checkpoint up to a nonce, as its name says; whether it can be used is
     * not looked at. A large negative number when there is none.
     */
    public long newestNonce(Id process, long atMostNonce) {
        List<CheckpointName> names = files(process).newestFirst(atMostNonce);
        return names.isEmpty() ? Long.MIN_VALUE : names.getFirst().nonce();
    }

    private static void refuse(ProcessFiles known, CheckpointDamagedException damage) {
        CheckpointName name = CheckpointName.of(String.valueOf(damage.file().getFileName()));
        if (name != null) {
            known.refuse(name);
        }
        log.warn("checkpoint found damaged while it was read: {}", damage.getMessage());
    }

    /**
     * Does not give this checkpoint any more, nor what builds upon it, e.g. since the log turned
     * out to be another. Its file stays until the policy removes it; not remembered beyond this
     * program.
     */
    public void refuse(Checkpoint checkpoint) {
        files(checkpoint.manifest().origin().process()).refuse(checkpoint.manifest().name());
    }

    /** Removes all checkpoints of a process. */
    public void delete(Id process) throws IOException {
        files(process).deleteAll();
    }
}
