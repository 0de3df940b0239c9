package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.files.FileCalls;
import dev.flywheel.cu.guest.files.FileTree;
import dev.flywheel.cu.guest.files.GuestConsole;
import dev.flywheel.cu.guest.host.CallBody;
import dev.flywheel.cu.guest.host.Family;
import dev.flywheel.cu.guest.host.GuestFunctions;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.Pause;
import dev.flywheel.cu.guest.host.ProcessCalls;
import dev.flywheel.cu.guest.time.GuestClock;
import dev.flywheel.cu.guest.time.TimeCalls;
import dev.flywheel.protocol.Id;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of one instance: clock, files, random bytes. All of it starts anew with each
 * evaluation, as in the reference's new instance, so that it is a function of the log alone.
 */
final class HostState {
    private final Family family;
    private final GuestMemory memory;
    private final boolean early;
    private final GuestClock clock = new GuestClock();
    private final TimeCalls time;
    private final ProcessCalls process;
    private final Map<String, CallBody> timeCalls;
    private final Map<String, CallBody> processCalls;
    private final MessageRandom random;
    private final GuestConsole said = new GuestConsole();
    private @Nullable Map<String, CallBody> fileCalls;
    private @Nullable FileTree files;

    /** The clock when boot was over. */
    private long bootedMs = GuestClock.START_MS;

    private boolean bootedTimeZoneSet;

    HostState(Family family, GuestMemory memory, GuestFunctions guest, Id processId) {
        this.family = family;
        this.memory = memory;
        this.early = family == Family.V1 || family == Family.V2;
        this.time = new TimeCalls(memory, clock, early, guest);
        this.process =
                new ProcessCalls(family, memory, guest, text -> said.write(text, 0, text.length));
        this.timeCalls = time.calls();
        this.processCalls = process.calls();
        this.random = new MessageRandom(processId);
    }

    /** What an import does, by its name in the later formats. */
    CallBody body(String name) {
        CallBody found = processCalls.get(name);
        if (found == null) {
            found = timeCalls.get(name);
        }
        if (found == null) {
            found = fileCalls().get(name);
        }
        if (found == null && ProcessCalls.isProtectedCall(name)) {
            return ProcessCalls::uncaughtLongjmp;
        }
        if (found == null) {
            throw new IllegalStateException("import was linked and has no body: name=" + name);
        }
        return found;
    }

    Pause pause() {
        return process.pause();
    }

    /** Before the constructors: the files of a new instance take the first ticks of the clock. */
    void booting() {
        random.begin(new byte[0]);
        files = null;
        fileCalls = null;
        clock.reset(GuestClock.START_MS);
        if (family != Family.V1) {
            openFiles();
        }
    }

    /** After boot: from this time on each evaluation reads its clock. */
    void booted() {
        if (family.hasDataFolder()) {
            clock.tick();
        }
        bootedMs = clock.nextMs();
        bootedTimeZoneSet = time.timeZoneSet();
        files = null;
        fileCalls = null;
    }

    /** Before an evaluation. */
    void begin(byte[] messageJson) {
        clock.reset(bootedMs);
        time.timeZoneSet(bootedTimeZoneSet);
        process.reset();
        random.begin(messageJson);
        said.clear();
        files = null;
        fileCalls = null;
    }

    /** What another instance of the same process knows of its boot. */
    void adopt(HostState other) {
        bootedMs = other.bootedMs;
        bootedTimeZoneSet = other.bootedTimeZoneSet;
    }

    /** What the guest said to its operator in this evaluation. */
    byte[] console() {
        FileTree tree = files;
        if (tree != null) {
            byte[] written = tree.console().bytes();
            said.write(written, 0, written.length);
        }
        return said.bytes();
    }

    /** Files are made when a guest first asks for them: few evaluations do. */
    private Map<String, CallBody> fileCalls() {
        Map<String, CallBody> calls = fileCalls;
        if (calls == null) {
            long now = clock.nextMs();
            clock.reset(GuestClock.START_MS);
            calls = openFiles();
            clock.reset(now);
        }
        return calls;
    }

    private Map<String, CallBody> openFiles() {
        FileTree tree = family == Family.V1 ? null : new FileTree(clock, random);
        Map<String, CallBody> calls = new FileCalls(memory, tree, early).calls();
        files = tree;
        fileCalls = calls;
        return calls;
    }
}
