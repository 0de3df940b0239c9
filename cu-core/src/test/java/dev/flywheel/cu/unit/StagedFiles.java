package dev.flywheel.cu.unit;

import dev.flywheel.cu.checkpoint.CheckpointFiles;
import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The files of the machine, with stages to be killed at. */
final class StagedFiles implements CheckpointFiles {
    /** Where the frames of a checkpoint begin: behind its head. */
    private static final int FRAMES_AT = 16;

    private final CheckpointFiles disk = CheckpointFiles.disk();
    private final KillPoint point;

    StagedFiles(KillPoint point) {
        this.point = point;
    }

    @Override
    public Output create(Path file) throws IOException {
        Output out = disk.create(file);
        return new Output() {
            private int writes;

            @Override
            public void write(ByteBuffer bytes) throws IOException {
                writes++;
                if (writes == 2 && point.isTime(KillStage.FRAMES)) { // the first is the head
                    out.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
                    point.announce(KillStage.FRAMES);
                    point.hold();
                }
                out.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                point.reach(KillStage.BEFORE_SYNC);
                out.sync();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public Input open(Path file) throws IOException {
        Input in = disk.open(file);
        return new Input() {
            @Override
            public long bytes() throws IOException {
                return in.bytes();
            }

            @Override
            public void read(ByteBuffer into, long offset) throws IOException {
                in.read(into, offset);
                if (offset == FRAMES_AT && point.isWaking()) {
                    point.reach(KillStage.WAKING);
                }
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        point.reach(KillStage.BEFORE_RENAME);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        boolean draft = file.toString().endsWith(".tmp");
        if (draft) {
            point.reach(KillStage.DRAFT_FOUND);
        }
        disk.delete(file);
        if (!draft) {
            point.reach(KillStage.REMOVING);
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        boolean ofProcess = Id.parseOrNull(String.valueOf(directory.getFileName())) != null;
        if (ofProcess) {
            point.reach(KillStage.RENAMED);
        }
        disk.syncDirectory(directory);
        if (ofProcess) {
            point.reach(KillStage.NAME_SYNCED);
        }
    }

    @Override
    public List<Entry> list(Path directory) throws IOException {
        return disk.list(directory);
    }
}
