package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.CallArguments;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.cu.guest.host.GuestThrownException;
import java.util.Arrays;

/**
 * {@code ioctl}: what terminals tell of themselves. Standard input and output do, standard error
 * and the early families have only the answers.
 */
final class TerminalCalls {
    private static final int TCGETS = 21505;
    private static final int TCFLSH_LAST = 21512;
    private static final int TCSBRK = 21515;
    private static final int TIOCGPGRP = 21519;
    private static final int TIOCSPGRP = 21520;
    private static final int TIOCGWINSZ = 21523;
    private static final int TIOCSWINSZ = 21524;
    private static final int FIONREAD = 21531;

    private static final int[] TERMINAL_FLAGS = {25_856, 5, 191, 35_387};
    private static final int CONTROL_CHARACTERS_AT = 17;
    private static final int CONTROL_CHARACTERS = 32;
    private static final byte[] FIRST_CONTROL_CHARACTERS = {
        3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22
    };
    private static final int ROWS = 24;
    private static final int COLUMNS = 80;

    private final GuestMemory memory;
    private final boolean early;

    TerminalCalls(GuestMemory memory, boolean early) {
        this.memory = memory;
        this.early = early;
    }

    long control(FileTree tree, CallArguments arguments) {
        FileNode node = tree.stream((int) arguments.integer(0)).node;
        int request = (int) arguments.integer(1);
        if (!isKnown(request)) {
            if (early) {
                throw GuestThrownException.aborted("bad ioctl syscall " + request);
            }
            return -Errno.EINVAL;
        }
        if (!node.isTerminal() || request == FIONREAD) {
            return -Errno.ENOTTY;
        }
        if (request == TIOCSPGRP) {
            return -Errno.EINVAL;
        }
        long structure = memory.pointer(arguments.integer(2));
        boolean tells = node.device == Devices.TTY && !early && structure >= 0;
        if (request == TCGETS && tells) {
            writeSettings(structure);
        } else if (request == TIOCGPGRP && structure >= 0) {
            memory.write(structure, new byte[Integer.BYTES]);
        } else if (request == TIOCGWINSZ && tells) {
            memory.write(structure, new Structure(4).i16(ROWS).i16(COLUMNS).bytes());
        }
        return 0;
    }

    private boolean isKnown(int request) {
        return (request >= TCGETS && request <= TCFLSH_LAST)
                || (request == TCSBRK && !early)
                || request == TIOCGPGRP
                || request == TIOCSPGRP
                || request == TIOCGWINSZ
                || request == TIOCSWINSZ
                || request == FIONREAD;
    }

    private void writeSettings(long structure) {
        memory.write(structure, new Structure(16).i32(TERMINAL_FLAGS).bytes());
        byte[] characters = Arrays.copyOf(FIRST_CONTROL_CHARACTERS, CONTROL_CHARACTERS);
        memory.write(structure + CONTROL_CHARACTERS_AT, characters);
    }
}
