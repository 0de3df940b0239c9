package dev.flywheel.cu.guest.compile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flywheel.cu.guest.compile.Frame.Kind;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A compiling process that misbehaves, in a JVM of its own. */
public final class FakeChild {
    static final String IDENTITY = "fake";

    private FakeChild() {}

    public static void main(String[] arguments) throws IOException {
        InputStream in = new FileInputStream(FileDescriptor.in);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        String how = arguments[0];
        if (how.equals("garbage")) {
            out.write("Hello, this is no frame at all.\n".getBytes(US_ASCII));
            out.flush();
        }
        Frame.of(Kind.HELLO, 0, how.equals("stranger") ? "another engine" : IDENTITY).write(out);
        while (true) {
            Frame request = Frame.read(in); // the end of it ends this JVM
            byte[] wasm =
                    Arrays.copyOfRange(
                            request.payload(), 1 + request.payload()[0], request.payload().length);
            answer(how, request.request(), wasm, out);
        }
    }

    private static void answer(String how, long request, byte[] wasm, OutputStream out)
            throws IOException {
        switch (how) {
            case "echo", "garbage", "stranger" -> new Frame(Kind.DONE, request, wasm).write(out);
            case "huge" -> header(out, Kind.DONE, request, Integer.MAX_VALUE);
            case "negative" -> header(out, Kind.DONE, request, -1);
            case "cut" -> {
                header(out, Kind.DONE, request, 1_000);
                System.exit(0);
            }
            case "twice" -> { // the second would be the next module's
                new Frame(Kind.DONE, request, wasm).write(out);
                new Frame(Kind.DONE, request, wasm).write(out);
            }
            case "out of turn" -> Frame.of(Kind.HELLO, request, IDENTITY).write(out);
            case "large" ->
                    new Frame(
                                    Kind.TOO_LARGE,
                                    request,
                                    ByteBuffer.allocate(Long.BYTES).putLong(1L << 40).array())
                            .write(out);
            case "exit" -> {
                for (int i = 0; i < 100_000; i++) {
                    System.err.write(("line " + i + "\033[2J\n").getBytes(US_ASCII));
                }
                System.exit(42);
            }
            case "silent" -> {}
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void header(OutputStream out, Kind kind, long request, int length)
            throws IOException {
        out.write(
                ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
                        .put(kind.code)
                        .putLong(request)
                        .putInt(length)
                        .array());
        out.flush();
    }
}
