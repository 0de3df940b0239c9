package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.compile.CompilerChild;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.EngineOptions;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A compiling process. Started by the engine of a node, with the same engine options, so that its
 * artefacts fit; not for people.
 */
public final class CompilerMain {
    private CompilerMain() {}

    /**
     * Serves on standard input and output until the input ends.
     *
     * @param arguments the stack of guests, in bytes
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        InputStream in = new FileInputStream(FileDescriptor.in);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err); // nobody else writes among the frames
        EngineOptions options = EngineIdentity.options(Long.parseLong(arguments[0]));
        CompilerChild.serve(in, out, new Engine(options), EngineIdentity.of(options));
    }
}
