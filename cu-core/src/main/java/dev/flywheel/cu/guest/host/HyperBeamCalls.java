package dev.flywheel.cu.guest.host;

import java.util.Map;
import java.util.function.Consumer;

/**
 * The imports of HyperBEAM's own modules, as its devices {@code wasi@1.0} and {@code wasm-64@1.0}
 * answer them (permaweb/HyperBEAM, May 2025): text can be written and nothing read, there is no
 * clock, and every other call is a stub that answers 0 and does nothing, ending the program
 * included.
 */
public final class HyperBeamCalls {
    /** {@code struct iovec} of 64 bits: address and length. */
    private static final int PIECE_BYTES = 16;

    /** What the clock answers: an error, and the time is not written. */
    private static final long NO_CLOCK = 1;

    private static final int STREAMS = 3;

    private final GuestMemory memory;
    private final Consumer<byte[]> console;
    private final int piecesMax;

    /**
     * @param console takes what the guest says to its operator
     * @param piecesMax most pieces of one write
     */
    public HyperBeamCalls(GuestMemory memory, Consumer<byte[]> console, int piecesMax) {
        this.memory = memory;
        this.console = console;
        this.piecesMax = piecesMax;
    }

    /** What an import does; any name has an answer. */
    public CallBody body(String name) {
        return Map.<String, CallBody>of(
                        "fd_write", this::write,
                        "fd_read", this::read,
                        "clock_time_get", a -> NO_CLOCK)
                .getOrDefault(name, a -> 0);
    }

    private void checkStream(CallArguments a) {
        long stream = a.integer(0);
        if (stream < 0 || stream >= STREAMS || a.integer(2) > piecesMax) {
            throw new GuestThrownException("Error", "no such stream, or too many pieces");
        }
    }

    private long write(CallArguments a) {
        checkStream(a);
        long total = 0;
        for (long i = 0; i < a.integer(2); i++) {
            long piece = a.integer(1) + i * PIECE_BYTES;
            long start = memory.i64(piece);
            long length = memory.i64(piece + 8);
            if (!memory.holds(start, length)) {
                throw new GuestThrownException("Error", "a piece lies outside of memory");
            }
            console.accept(memory.read(start, length));
            total += length;
        }
        memory.putI64(a.integer(3), total);
        return 0;
    }

    /** Standard input is empty, and the others end where their writing ends. */
    private long read(CallArguments a) {
        checkStream(a);
        memory.putI64(a.integer(3), 0);
        return 0;
    }
}
