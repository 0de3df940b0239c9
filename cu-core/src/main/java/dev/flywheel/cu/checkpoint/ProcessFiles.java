package dev.flywheel.cu.checkpoint;

import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the store knows of one process's files. Guarded by itself. */
final class ProcessFiles {
    private static final Logger log = LoggerFactory.getLogger(ProcessFiles.class);

    private final Id process;
    private final Path directory;
    private final CheckpointFiles files;

    /** Told by how much the bytes on disk changed. */
    private final LongConsumer changed;

    private final NavigableMap<CheckpointName, Entry> entries = new TreeMap<>();
    private final Set<CheckpointName> refused = new HashSet<>();
    private long bytes;

    /** A file; the link is read when it is first needed, null as well where it cannot be read. */
    private static final class Entry {
        final long bytes;
        boolean read;
        CheckpointManifest.@Nullable Link link;

        Entry(long bytes) {
            this.bytes = bytes;
        }
    }

    ProcessFiles(Id process, Path directory, CheckpointFiles files, LongConsumer changed) {
        this.process = process;
        this.directory = directory;
        this.files = files;
        this.changed = changed;
    }

    /** Looks at the directory anew, and removes drafts where told so. */
    synchronized void list(boolean removeDrafts) throws IOException {
        NavigableMap<CheckpointName, Entry> found = new TreeMap<>();
        long sum = 0;
        for (CheckpointFiles.Entry each : files.list(directory)) {
            CheckpointName name = CheckpointName.of(each.name());
            if (removeDrafts && !each.isDirectory() && each.name().endsWith(Publication.DRAFT)) {
                files.delete(directory.resolve(each.name()));
                log.info("unfinished checkpoint removed: process={} file={}", process, each.name());
            } else if (name != null
                    && !each.isDirectory()
                    && found.size() < CheckpointLimits.FILES_MAX) {
                found.put(name, new Entry(each.bytes()));
                sum += each.bytes();
            }
        }
        entries.clear();
        entries.putAll(found);
        grow(sum - bytes);
    }

    private void grow(long by) {
        bytes += by;
        changed.accept(by);
    }

    synchronized long bytes() {
        return bytes;
    }

    /** The names up to a nonce, newest first, without those that were refused. */
    synchronized List<CheckpointName> newestFirst(long atMostNonce) {
        List<CheckpointName> names = new ArrayList<>();
        for (CheckpointName each :
                entries.headMap(new CheckpointName(atMostNonce, Long.MAX_VALUE), true)
                        .descendingKeySet()) {
            if (!refused.contains(each)) {
                names.add(each);
            }
        }
        return names;
    }

    synchronized boolean isRefused(CheckpointName name) {
        return refused.contains(name);
    }

    synchronized void refuse(CheckpointName name) {
        refused.add(name);
    }

    /** What tells the next checkpoint of this nonce from those that are there. */
    synchronized long nextSeq(long nonce) {
        CheckpointName last = entries.floorKey(new CheckpointName(nonce, Long.MAX_VALUE));
        return last == null || last.nonce() != nonce ? 0 : last.seq() + 1;
    }

    synchronized boolean has(CheckpointName name) {
        return entries.containsKey(name) && !refused.contains(name);
    }

    synchronized void add(CheckpointManifest manifest, long fileBytes) {
        Entry entry = new Entry(fileBytes);
        entry.read = true;
        entry.link = manifest.link();
        entries.put(manifest.name(), entry);
        grow(fileBytes);
    }

    private CheckpointManifest.@Nullable Link link(CheckpointName name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        if (!entry.read) {
            entry.read = true;
            try (CheckpointReader reader =
                    CheckpointReader.open(files, directory.resolve(name.file()))) {
                entry.link = reader.manifest().link();
            } catch (IOException e) {
                log.warn("checkpoint cannot be read: process={} why={}", process, e.getMessage());
            }
        }
        return entry.link;
    }

    /**
     * Removes what the policy does not keep. A child goes before its parent, so that whatever is
     * left when the program is killed can be used.
     *
     * @param written stays, with all that it builds upon
     */
    synchronized void prune(RetentionPolicy policy, CheckpointName written) {
        Set<CheckpointName> kept = new HashSet<>();
        keepWithParents(written, kept);
        policy.keep(process).forEach(name -> keepWithParents(name, kept));
        Set<CheckpointName> fulls = new HashSet<>();
        CheckpointName oldest = null;
        for (CheckpointName name : entries.descendingKeySet()) {
            CheckpointManifest.Link link = link(name);
            if (fulls.size() < policy.chainsKept()
                    && link != null
                    && link.parent() == null
                    && !refused.contains(name)) {
                fulls.add(name);
                oldest = name;
            }
        }
        if (oldest == null || fulls.size() < policy.chainsKept()) {
            return;
        }
        // A newer one may build upon an older chain, after a damaged one was passed over.
        entries.tailMap(oldest, true).keySet().forEach(name -> keepWithParents(name, kept));
        for (CheckpointName name : List.copyOf(entries.descendingKeySet())) {
            if (name.compareTo(oldest) < 0 && !kept.contains(name) && !delete(name)) {
                return; // its parents must stay
            }
        }
    }

    private void keepWithParents(CheckpointName from, Set<CheckpointName> kept) {
        CheckpointName at = from;
        while (at != null && kept.add(at)) {
            CheckpointManifest.Link link = link(at);
            at = link == null ? null : link.parent();
        }
    }

    private boolean delete(CheckpointName name) {
        try {
            files.delete(directory.resolve(name.file()));
        } catch (IOException e) {
            log.warn("checkpoint not removed: process={} file={}", process, name.file(), e);
            return false;
        }
        Entry gone = entries.remove(name);
        refused.remove(name);
        if (gone != null) {
            grow(-gone.bytes);
        }
        return true;
    }

    /** Removes all, newest first. */
    synchronized void deleteAll() throws IOException {
        for (CheckpointName name : List.copyOf(entries.descendingKeySet())) {
            if (!delete(name)) {
                throw new IOException("checkpoint not removed: file=" + name.file());
            }
        }
    }
}
