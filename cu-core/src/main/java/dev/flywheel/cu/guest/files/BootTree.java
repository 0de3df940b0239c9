package dev.flywheel.cu.guest.files;

import static dev.flywheel.cu.guest.files.FileModes.S_IFCHR;
import static dev.flywheel.cu.guest.files.FileModes.S_IFDIR;
import static dev.flywheel.cu.guest.files.FileModes.S_IFLNK;

import dev.flywheel.cu.guest.time.GuestClock;

/**
 * The files that each instance starts with. Inode numbers are given in the order of creation; what
 * is made before the links carries real time in the reference, and nothing here.
 */
final class BootTree {
    private final FileState state = new FileState(new FileNode(1, "", S_IFDIR | 0777, null));

    /** Where the reference mounts a file system of its own. */
    static final String MOUNT = "/proc/self/fd";

    private BootTree() {}

    static FileState make(GuestClock clock) {
        BootTree boot = new BootTree();
        FileNode root = boot.state.root;
        boot.directory(root, "tmp");
        boot.directory(boot.directory(root, "home"), "web_user");
        FileNode dev = boot.directory(root, "dev");
        boot.device(dev, "null", Devices.NULL);
        FileNode tty = boot.device(dev, "tty", Devices.TTY);
        FileNode tty1 = boot.device(dev, "tty1", Devices.TTY1);
        boot.device(dev, "random", Devices.RANDOM);
        boot.device(dev, "urandom", Devices.URANDOM);
        boot.directory(boot.directory(dev, "shm"), "tmp");
        boot.directory(boot.directory(boot.directory(root, "proc"), "self"), "fd");
        boot.state.nextInode(); // MOUNT's own
        boot.link(dev, "stdin", "/dev/tty", clock);
        boot.link(dev, "stdout", "/dev/tty", clock);
        boot.link(dev, "stderr", "/dev/tty1", clock);
        boot.state.open(0, new OpenStream(tty, "/dev/tty", 0));
        boot.state.open(1, new OpenStream(tty, "/dev/tty", FileModes.O_WRONLY));
        boot.state.open(2, new OpenStream(tty1, "/dev/tty1", FileModes.O_WRONLY));
        return boot.state;
    }

    private FileNode node(FileNode parent, String name, int mode) {
        FileNode node = new FileNode(state.nextInode(), name, mode, parent);
        state.add(parent, node);
        return node;
    }

    private FileNode directory(FileNode parent, String name) {
        return node(parent, name, S_IFDIR | 0777);
    }

    private FileNode device(FileNode parent, String name, int device) {
        FileNode node = node(parent, name, S_IFCHR | 0666);
        node.device = device;
        return node;
    }

    private void link(FileNode parent, String name, String target, GuestClock clock) {
        FileNode node = node(parent, name, S_IFLNK | 0777);
        node.target = target;
        node.changedMs = clock.tick();
        parent.changedMs = node.changedMs;
    }
}
