package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.cu.guest.compile.Frame.Kind;
import dev.flywheel.cu.guest.compile.Frame.ProtocolException;
import dev.flywheel.cu.guest.host.ModuleFormat;
import dev.flywheel.wasmtime.Engine;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The compiling process's side: one module after the other, until its node is gone. It ends with
 * its input, also in the middle of a compile. It keeps no log, which would take it longer to start
 * than all the rest: what goes wrong ends it, with a stack trace on its error output.
 */
public final class CompilerChild {
    private static final int BROKEN_PROTOCOL = 4;

    private final InputStream in;
    private final OutputStream out;
    private final Engine engine;

    /** The node sends the next request after the answer to the one before. */
    private final BlockingQueue<Frame> requests = new ArrayBlockingQueue<>(1);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private CompilerChild(InputStream in, OutputStream out, Engine engine) {
        this.in = in;
        this.out = out;
        this.engine = engine;
    }

    /**
     * Serves until the input ends, then halts this JVM.
     *
     * @param identity of engine and processor, compared by the node with its own
     * @throws IOException when the node does not take an answer
     */
    public static void serve(InputStream in, OutputStream out, Engine engine, String identity)
            throws IOException, InterruptedException {
        CompilerChild child = new CompilerChild(in, out, engine);
        System.gc(); // what starting left behind: 60 MB, which it would keep while it is idle
        Frame.of(Kind.HELLO, 0, identity).write(out);
        Thread.ofPlatform().name("compile-input").daemon(true).start(child::read);
        Thread work = new Thread(null, child::work, "compile", CompileLimits.STACK_BYTES);
        work.start();
        work.join();
        throw new IllegalStateException("compiling failed", child.failure.get());
    }

    private void read() {
        int status = 0;
        try {
            while (true) {
                Frame frame = Frame.read(in);
                if (frame.kind() != Kind.COMPILE || !requests.offer(frame)) {
                    status = BROKEN_PROTOCOL;
                    break;
                }
            }
        } catch (EOFException e) {
            status = 0; // the node closed it, or is gone
        } catch (IOException e) {
            status = BROKEN_PROTOCOL;
        }
        Runtime.getRuntime().halt(status); // a compile cannot be interrupted otherwise
    }

    private void work() {
        try {
            while (true) {
                answer(requests.take());
                System.gc(); // the module and its forms, likewise
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            failure.set(e);
        }
    }

    private void answer(Frame request) throws IOException {
        byte[] payload = request.payload();
        int wasmAt = payload.length == 0 ? 1 : 1 + (payload[0] & 0xff);
        if (payload.length < wasmAt) {
            throw new ProtocolException("request too short: bytes=" + payload.length);
        }
        String tag = new String(payload, 1, wasmAt - 1, US_ASCII);
        if (!tag.isEmpty() && ModuleFormat.of(tag) == null) {
            throw new ProtocolException("request for an unknown Module-Format");
        }
        byte[] wasm = Arrays.copyOfRange(payload, wasmAt, payload.length);
        try {
            byte[] artefact =
                    Compilation.artefact(
                            tag, wasm, engine, functions -> prepared(request, functions));
            if (artefact.length > CompileLimits.ARTEFACT_BYTES_MAX) {
                byte[] size = ByteBuffer.allocate(Long.BYTES).putLong(artefact.length).array();
                new Frame(Kind.TOO_LARGE, request.request(), size).write(out);
            } else {
                new Frame(Kind.DONE, request.request(), artefact).write(out);
            }
        } catch (CompileRefusedException e) {
            Frame.of(Kind.REFUSED, request.request(), String.valueOf(e.getMessage())).write(out);
        }
    }

    private void prepared(Frame request, int functions) {
        byte[] count = ByteBuffer.allocate(Integer.BYTES).putInt(functions).array();
        try {
            new Frame(Kind.PREPARED, request.request(), count).write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("the node does not take the answer", e);
        }
    }
}
