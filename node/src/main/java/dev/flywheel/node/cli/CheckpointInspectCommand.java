package dev.flywheel.node.cli;

import dev.flywheel.cu.checkpoint.CheckpointDamagedException;
import dev.flywheel.cu.checkpoint.CheckpointManifest;
import dev.flywheel.cu.checkpoint.CheckpointPlace;
import dev.flywheel.cu.checkpoint.CheckpointTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel checkpoint inspect FILE}. */
@Command(
        name = "inspect",
        description =
                "Says what a checkpoint is of, what it builds upon, and how much is in it. Does not check every byte; 'verify' does.")
final class CheckpointInspectCommand implements Callable<Integer> {
    private static final long PAGE_BYTES = 4096;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "a checkpoint")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        Path from = Objects.requireNonNull(file, "picocli demands it");
        CheckpointCommand.checkIsFile(from);
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        List<CheckpointTool.Inspection> chain;
        try {
            chain = CheckpointTool.inspect(from);
        } catch (CheckpointDamagedException e) {
            out.println(e.getMessage());
            return ExitCode.FAILURE;
        }
        print(chain.getFirst().manifest(), out);
        out.println("chain        depth       pages        zero   frames       bytes  ratio  file");
        for (CheckpointTool.Inspection each : chain) {
            print(each, out);
        }
        return ExitCode.OK;
    }

    private static void print(CheckpointManifest manifest, PrintWriter out) {
        CheckpointPlace place = manifest.place();
        out.println("process      " + manifest.origin().process());
        out.println("module       " + manifest.origin().module());
        out.println("format       " + manifest.origin().moduleFormat());
        out.println("passes       " + manifest.origin().passes());
        out.println("nonce        " + place.nonce());
        out.println("assignment   " + place.assignmentId());
        out.println("hash chain   " + place.hashChain());
        out.println("timestamp    " + place.timestamp());
        out.println("height       " + place.blockHeight());
        out.println("cron count   " + place.cronCount());
        place.extras().forEach((name, value) -> out.println("extra        " + name + "=" + value));
        out.printf(
                "memory       bytes=%d pages=%d%n",
                manifest.memoryBytes(), manifest.memoryBytes() / PAGE_BYTES);
        manifest.globals()
                .forEach(
                        (name, bits) ->
                                out.printf(
                                        "global       %s=0x%s%n",
                                        name, HexFormat.of().toHexDigits(bits)));
        out.println("state        " + manifest.stateHash());
        out.println("made         " + Instant.ofEpochMilli(manifest.madeMs()));
    }

    /** Ratio: plain bytes of the stored pages to the file's bytes. */
    private static void print(CheckpointTool.Inspection each, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-12s %5d %11d %11d %8d %11d %6.2f  %s%n",
                each.manifest().isFull() ? "full" : "delta",
                each.manifest().link().depth(),
                each.dataPages(),
                each.zeroPages(),
                each.frames(),
                each.bytes(),
                (double) each.dataPages() * PAGE_BYTES / each.bytes(),
                each.file());
    }
}
