package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An engine with a thread for guests, and messages for them. */
final class GuestBench implements AutoCloseable {
    static final String FORMAT_32 = "wasm32-unknown-emscripten4";
    static final String FORMAT_64 = "wasm64-unknown-emscripten-draft_2024_02_15";
    static final Id PROCESS = Id.sha256("process".getBytes(UTF_8));
    static final Id MODULE = Id.sha256("module".getBytes(UTF_8));
    static final byte[] KEY = new byte[32];
    static final byte[] ENVIRONMENT = "{\"Process\":{\"Id\":\"p\",\"Tags\":[]}}".getBytes(UTF_8);

    final GuestEngine engine;
    private final ExecutorService thread;

    GuestBench(Path artefacts) {
        this(GuestEngineOptions.defaults(artefacts, KEY));
    }

    GuestBench(GuestEngineOptions options) {
        engine = GuestEngine.open(options);
        thread = Executors.newSingleThreadExecutor(engine.threads());
    }

    /** Runs work on a thread that guests may run on. */
    <T> T call(Callable<T> work) throws Exception {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    GuestModule module(String guest, int width) throws ModuleRefusedException {
        return engine.load(MODULE, wasm(guest, width), format(width));
    }

    static String format(int width) {
        return width == 64 ? FORMAT_64 : FORMAT_32;
    }

    static byte[] wasm(String guest, int width) {
        return wasm(guest, Integer.toString(width));
    }

    /** A guest by the folder that it lies in: a width, or forms. */
    static byte[] wasm(String guest, String folder) {
        String name = "/dev/flywheel/guests/" + folder + "/" + guest + ".wasm";
        try (InputStream in = GuestBench.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no such guest: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A message with this Action, Data and further tags as name, value, name, value, … */
    static byte[] message(String action, String data, String... tags) {
        JsonText json = new JsonText().beginObject();
        json.name("Id").string("m".repeat(43)).name("From").string("f".repeat(43));
        json.name("Data").string(data).name("Tags").beginArray();
        json.beginObject().name("name").string("Action").name("value").string(action).endObject();
        for (int i = 0; i < tags.length; i += 2) {
            json.beginObject().name("name").string(tags[i]);
            json.name("value").string(tags[i + 1]).endObject();
        }
        return json.endArray().endObject().toByteArray();
    }

    /** The text of some JSON; that of nothing where there is none. */
    static String text(byte @Nullable [] json) {
        return json == null ? "(none)" : new String(json, UTF_8);
    }

    @Override
    public void close() {
        thread.close();
        engine.close();
    }
}
