package dev.flywheel.jmh.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The reference's loader in a process of its own ({@code jmh/peers/ao-loader}): times what it is
 * asked to evaluate, while we wait. For one thread.
 */
final class LoaderPeer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final PrintStream requests;
    private final BufferedReader answers;
    private final String name;

    /**
     * Starts it, which fetches it at the first time.
     *
     * @throws IOException when it cannot be run; it has then said why on standard error
     */
    LoaderPeer(Path root) throws IOException {
        process =
                new ProcessBuilder(root.resolve("jmh/peers/ao-loader/run.sh").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        requests = new PrintStream(process.getOutputStream(), true, UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the reference's loader cannot be run; standard error says why");
        }
        JsonNode hello = JSON.readTree(line);
        name = hello.get("peer").stringValue() + " on Node.js " + hello.get("node").stringValue();
    }

    /** Loader and engine with their versions. */
    String name() {
        return name;
    }

    /** What it is to run. */
    record Setting(Path file, String format, boolean copying) {}

    /**
     * Evaluates messages one after the other, in the process of the last call with this setting.
     *
     * @return time of each in ns
     */
    long[] evaluate(Setting setting, List<String> messages, String environment, boolean fresh)
            throws IOException {
        ObjectNode request = JSON.createObjectNode();
        request.put("file", setting.file().toString());
        request.put("format", setting.format());
        request.put("copying", setting.copying());
        request.put("environment", environment);
        request.put("fresh", fresh);
        messages.forEach(request.putArray("messages")::add);
        requests.println(request);
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the loader's process has ended");
        }
        JsonNode answer = JSON.readTree(line);
        if (answer.has("error")) {
            throw new IOException("the loader failed: " + answer.get("error").stringValue());
        }
        JsonNode ns = answer.get("ns");
        long[] times = new long[ns.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = ns.get(i).longValue();
        }
        return times;
    }

    @Override
    public void close() {
        requests.close();
        process.destroy();
    }
}
