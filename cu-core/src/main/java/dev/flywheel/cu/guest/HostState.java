package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.files.FileCalls;
import dev.flywheel.cu.guest.files.FileTree;
import dev.flywheel.cu.guest.files.GuestConsole;
import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestFunctions;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.HyperBeamCalls;
import dev.flywheel.cu.guest.host.Pause;
import dev.flywheel.cu.guest.host.ProcessCalls;
import dev.flywheel.cu.guest.time.GuestClock;
import dev.flywheel.cu.guest.time.TimeCalls;
import dev.flywheel.protocol.Id;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of one instance: clock, files, random bytes. All of it goes back to where it was
 * after boot before each evaluation, as in the reference's new instance, so that it is a function
 * of the log alone.
 */
final class HostState {
    private final Family family;
    private final GuestMemory memory;
    private final GuestFunctions guest;
    private final GuestClock clock = new GuestClock();
    private final TimeCalls time;
    private final ProcessCalls process;
    private final HyperBeamCalls hyperBeam;
    private final MessageRandom random;
    private final GuestConsole ownConsole = new GuestConsole();
    private final Map<String, CallBody> calls = new HashMap<>();

    /** The state after boot; changes of an evaluation are undone before the next. */
    private @Nullable FileTree files;

    private Booted booted = new Booted(null, GuestClock.START_MS, false);

    /**
     * What each evaluation begins from, for all instances of a process. Thread-safe: another thread
     * may make an instance while one evaluates.
     */
    static final class Booted {
        /** Never used, only copied; a copy marks what it shares. */
        private final @Nullable FileTree files;

        private final long ms;
        private final boolean timeZoneSet;

        private Booted(@Nullable FileTree files, long ms, boolean timeZoneSet) {
            this.files = files;
            this.ms = ms;
            this.timeZoneSet = timeZoneSet;
        }

        private synchronized @Nullable FileTree files(GuestClock clock, MessageRandom random) {
            return files == null ? null : files.copy(clock, random);
        }
    }

    HostState(Family family, GuestMemory memory, GuestFunctions guest, Id processId) {
        this.family = family;
        this.memory = memory;
        this.guest = guest;
        this.time = new TimeCalls(memory, clock, family, guest);
        this.random = new MessageRandom(processId);
        this.process = new ProcessCalls(family, memory, guest, text -> consoleOfNow().write(text));
        this.hyperBeam =
                new HyperBeamCalls(
                        memory, text -> consoleOfNow().write(text), GuestLimits.IO_VECTORS_MAX);
        calls.putAll(time.calls());
        calls.putAll(process.calls());
    }

    private GuestConsole consoleOfNow() {
        FileTree tree = files;
        return tree == null ? ownConsole : tree.console();
    }

    /** What an import does, by its name in the later formats. */
    CallBody body(String name) {
        if (ProcessCalls.isProtectedCall(name)) {
            return ProcessCalls.uncaughtLongjmp();
        }
        if (family == Family.HB) {
            return hyperBeam.body(name);
        }
        CallBody found = calls.get(name);
        if (found != null) {
            return found;
        }
        throw new IllegalStateException("import was linked and has no body: name=" + name);
    }

    Pause pause() {
        return process.pause();
    }

    /** Before the constructors: the files of a new instance take the first ticks of the clock. */
    void booting() {
        random.begin(new byte[0]);
        clock.reset(GuestClock.START_MS);
        FileTree tree = family.hasFiles() ? new FileTree(clock, random) : null;
        if (tree != null) {
            tree.booted();
        }
        useFiles(tree);
    }

    /** After boot: from this state on each evaluation begins. */
    void booted() {
        FileTree tree = files;
        if (tree != null) {
            if (family.hasDataFolder()) {
                tree.makeDataFolder();
            }
            tree.mark();
        }
        FileTree kept = tree == null ? null : tree.copy(clock, random);
        booted = new Booted(kept, clock.nextMs(), time.timeZoneSet());
    }

    /** What evaluations of this instance begin from. */
    Booted bootedState() {
        return booted;
    }

    /** In the place of boot: goes on from what another instance of the same process booted to. */
    void adopt(Booted other) {
        FileTree tree = other.files(clock, random);
        if (tree != null) {
            tree.mark();
        }
        useFiles(tree);
        booted = other;
    }

    private void useFiles(@Nullable FileTree tree) {
        files = tree;
        calls.putAll(new FileCalls(memory, tree, family, guest).calls());
    }

    /** Before an evaluation. */
    void begin(byte[] messageJson) {
        clock.reset(booted.ms);
        time.timeZoneSet(booted.timeZoneSet);
        process.reset();
        random.begin(messageJson);
        consoleOfNow().clear();
        FileTree tree = files;
        if (tree != null) {
            tree.rollback();
        }
    }

    /** What the guest said to its operator in this evaluation. */
    byte[] console() {
        return consoleOfNow().bytes();
    }
}
