package dev.flywheel.node.cli;

import dev.flywheel.node.config.ConfigurationException;
import dev.flywheel.node.publish.ModuleItems;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.protocol.ArweaveKey;
import dev.flywheel.protocol.DataItem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flywheel module publish FILE}, and the group of the other commands on modules. */
@Command(name = "module", description = "Works with modules.", synopsisSubcommandLabel = "COMMAND")
final class ModuleCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        line.usage(line.getOut());
        return ExitCode.USAGE;
    }

    /** Uploads a program as a Module item and prints its id. */
    @Command(name = "publish", description = "Uploads a wasm file as a module and prints its id.")
    int publish(
            @Parameters(
                            paramLabel = "FILE",
                            description = "a wasm program with AO's handle function")
                    Path file,
            @Option(
                            names = "--gateway-url",
                            paramLabel = "URL",
                            defaultValue = "http://localhost:4000",
                            description = "default: ${DEFAULT-VALUE}")
                    URI gateway,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "wasm64-unknown-emscripten-draft_2024_02_15",
                            description =
                                    "value of the Module-Format tag; default: ${DEFAULT-VALUE}")
                    String format,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            description = "value of the Name tag; default: the file's name")
                    @Nullable String name,
            @Option(
                            names = "--wallet",
                            paramLabel = "FILE",
                            description = "key that signs; default: a fresh one")
                    @Nullable Path wallet)
            throws IOException, InterruptedException {
        byte[] wasm = ModuleFile.read(file);
        ArweaveKey key =
                wallet == null ? ArweaveKey.generate(4096, new SecureRandom()) : key(wallet);
        String called =
                name == null
                        ? String.valueOf(file.getFileName()).replaceFirst("\\.wasm$", "")
                        : name;
        DataItem item = ModuleItems.sign(called, format, wasm, key);
        try (HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits())) {
            String url = gateway.toString().replaceAll("/+$", "") + "/tx/arweave";
            Answer answer = calls.send(Call.post(url, "application/octet-stream", item.bytes()));
            if (!answer.isSuccess()) {
                throw new IOException(
                        "gateway refused the module: " + answer.status() + " " + answer.text());
            }
        }
        Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut().println(item.id());
        return ExitCode.OK;
    }

    private static ArweaveKey key(Path wallet) {
        try {
            return ArweaveKey.fromJwk(Files.readString(wallet));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "wallet %s is not a readable Arweave key (%s)"
                            .formatted(wallet, e.getMessage()));
        }
    }
}
