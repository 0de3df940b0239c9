package dev.flywheel.cu.guest.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The imports that are neither time nor files: ending, growing, copying, environment, model files
 * without a drive. One for an instance.
 */
public final class ProcessCalls {
    private static final long PAGE_BYTES = 65_536;
    private static final int ENOSYS = 52;
    private static final long LOW_32 = 0xFFFF_FFFFL;

    /**
     * The last environment variable and argv[0] of the older families: what the loader has without
     * a program's path.
     */
    public static final String PROGRAM_NAME = "./this.program";

    /** The loader's cap on what growth adds beyond the request. */
    private static final double GROWTH_BEYOND_REQUEST_BYTES = 100_663_296;

    /** The number that the reference throws for a longjmp, Infinity, is null in JSON. */
    private static final String UNCAUGHT_LONGJMP = "null";

    private final Family family;
    private final GuestMemory memory;
    private final GuestFunctions guest;
    private final Pause pause;
    private final Consumer<byte[]> console;
    private final List<byte[]> environment;
    private int temporaryResult;

    /**
     * @param console takes what the guest says to its operator
     */
    public ProcessCalls(
            Family family, GuestMemory memory, GuestFunctions guest, Consumer<byte[]> console) {
        this.family = family;
        this.memory = memory;
        this.guest = guest;
        this.pause = new Pause(guest, memory);
        this.console = console;
        this.environment = family.hasEnvironment() ? environment() : List.of();
    }

    private static List<byte[]> environment() {
        return List.of(
                        "USER=web_user",
                        "LOGNAME=web_user",
                        "PATH=/",
                        "PWD=/",
                        "HOME=/home/web_user",
                        "LANG=C.UTF-8",
                        "_=" + PROGRAM_NAME)
                .stream()
                .map(text -> (text + '\0').getBytes(US_ASCII))
                .toList();
    }

    /** How the guest is carried over imports that take time. */
    public Pause pause() {
        return pause;
    }

    /** Before an evaluation: forgets what the one before left in the host. */
    public void reset() {
        temporaryResult = 0;
        pause.reset();
    }

    /** Import name to what it does. */
    public Map<String, CallBody> calls() {
        Map<String, CallBody> calls = new HashMap<>();
        addEnding(calls);
        addMemory(calls);
        calls.put("environ_sizes_get", this::environmentSizes);
        calls.put("environ_get", this::environmentTexts);
        calls.put("system", this::system);
        calls.put("_emscripten_system", a -> a.integer(0) == 0 ? 0 : -ENOSYS);
        calls.put("getTempRet0", a -> temporaryResult);
        calls.put(
                "setTempRet0",
                a -> {
                    temporaryResult = (int) a.integer(0);
                    return 0;
                });
        calls.put("metering_gasUsed", a -> (int) guest.gasUsed());
        calls.put("_dlinit", a -> 0);
        calls.put(
                "emscripten_err",
                a -> {
                    console.accept(memory.cString(a.integer(0)));
                    console.accept(new byte[] {'\n'});
                    return 0;
                });
        // The only imports that pause the guest. Without a drive, opening answers 0 after a pause,
        // and the others fail inside a promise that nobody waits for: the evaluation never ends.
        calls.put("__asyncjs__weavedrive_open", a -> pause.answerLater(0));
        calls.put("__asyncjs__weavedrive_read", ProcessCalls::hang);
        calls.put("__asyncjs__weavedrive_close", ProcessCalls::hang);
        return Map.copyOf(calls);
    }

    /** Imports that have a body in the module itself once it is prepared: never called there. */
    public static boolean isProtectedCall(String name) {
        return name.startsWith("invoke_") || name.equals("_emscripten_throw_longjmp");
    }

    /** A longjmp that nobody catches, or a protected call of a module that was not prepared. */
    public static CallBody uncaughtLongjmp() {
        return arguments -> {
            throw new GuestThrownException("value", UNCAUGHT_LONGJMP);
        };
    }

    private static long hang(CallArguments arguments) {
        throw new GuestThrownException("Error", "hang");
    }

    // Ending --------------------------------------------------------------------------------

    private void addEnding(Map<String, CallBody> calls) {
        calls.put("exit", this::exit);
        calls.put("abort", a -> abort());
        calls.put("_abort_js", a -> abort());
        calls.put("__assert_fail", this::assertionFailed);
        calls.put(
                "__cxa_throw",
                a -> {
                    throw GuestThrownException.aborted(
                            "Assertion failed: Exception thrown, but exception catching is not"
                                    + " enabled. Compile with -sNO_DISABLE_EXCEPTION_CATCHING or"
                                    + " -sEXCEPTION_CATCHING_ALLOWED=[..] to catch.");
                });
        CallBody dynamicLinking =
                a -> {
                    throw GuestThrownException.aborted(
                            "To use dlopen, you need enable dynamic linking, see"
                                    + " https://github.com/emscripten-core/emscripten/wiki/Linking");
                };
        calls.put("_dlopen_js", dynamicLinking);
        calls.put("_dlsym_js", dynamicLinking);
    }

    private long exit(CallArguments a) {
        int status = (int) a.integer(0);
        if (guest.has("fflush")) {
            guest.call("fflush", 0);
        }
        throw new GuestThrownException(
                "value",
                "{\"name\":\"ExitStatus\",\"message\":\"Program terminated with exit("
                        + status
                        + ")\",\"status\":"
                        + status
                        + "}");
    }

    private long abort() {
        if (family == Family.V1) {
            throw new GuestThrownException(
                    "RuntimeError", "Aborted(). Build with -sASSERTIONS for more info.");
        }
        throw GuestThrownException.aborted("native code called abort()");
    }

    private long assertionFailed(CallArguments a) {
        String file = a.integer(1) == 0 ? "unknown filename" : memory.text(a.integer(1));
        String function = a.integer(3) == 0 ? "unknown function" : memory.text(a.integer(3));
        throw GuestThrownException.aborted(
                "Assertion failed: "
                        + memory.text(a.integer(0))
                        + ", at: "
                        + file
                        + ','
                        + (int) a.integer(2)
                        + ','
                        + function);
    }

    private long system(CallArguments a) {
        if (a.integer(0) == 0) {
            return 0;
        }
        memory.putI32(guest.call("__errno_location"), ENOSYS);
        return -1;
    }

    // Memory --------------------------------------------------------------------------------

    private void addMemory(Map<String, CallBody> calls) {
        for (String name :
                List.of("_emscripten_memcpy_js", "emscripten_memcpy_js", "emscripten_memcpy_big")) {
            calls.put(name, this::copy);
        }
        calls.put("emscripten_resize_heap", a -> resizeHeap(a.integer(0)));
        calls.put("emscripten_get_heap_max", a -> family.heapBytesMax());
    }

    /**
     * Clamped, never trapping. Guests rely on it: their {@code realloc} reads past the end of
     * blocks.
     */
    private long copy(CallArguments a) {
        long length = memory.length();
        long end = clamp(a.integer(1) + a.integer(2), length);
        long to = clamp(a.integer(0), length);
        long from = clamp(a.integer(1), length);
        long count = Math.min(end - from, length - to);
        if (count > 0) {
            MemorySegment view = memory.view();
            MemorySegment.copy(view, from, view, to, count);
        }
        return 0;
    }

    private long clamp(long address, long length) {
        if (memory.pointerBytes() == 4) {
            return Math.min(address & LOW_32, length);
        }
        // A negative one counts from the end, as typed arrays do.
        return address >= 0 ? Math.min(address, length) : Math.max(0, length + address);
    }

    /**
     * Grows by a fifth, else a tenth, else a twentieth, but at least to what is asked. In doubles,
     * as the loader computes.
     */
    private long resizeHeap(long asked) {
        long requested = memory.pointerBytes() == 4 ? asked & LOW_32 : asked;
        long old = memory.length();
        long most = family.heapBytesMax();
        if (requested <= old && family != Family.V1) {
            throw GuestThrownException.aborted("Assertion failed");
        }
        if (requested > most) {
            return 0;
        }
        for (int cut = 1; cut <= 4; cut *= 2) {
            double over = Math.min(old * (1 + 0.2 / cut), requested + GROWTH_BEYOND_REQUEST_BYTES);
            double wanted = Math.max((double) requested, over);
            double rounded = wanted + (PAGE_BYTES - wanted % PAGE_BYTES) % PAGE_BYTES;
            double size = Math.min((double) most, rounded);
            if (guest.grow((long) ((size - old + PAGE_BYTES - 1) / PAGE_BYTES))) {
                return 1;
            }
        }
        return 0;
    }

    // Environment ---------------------------------------------------------------------------

    private long environmentSizes(CallArguments a) {
        memory.putPointer(a.integer(0), environment.size());
        memory.putPointer(a.integer(1), environment.stream().mapToLong(t -> t.length).sum());
        return 0;
    }

    private long environmentTexts(CallArguments a) {
        long buffer = a.integer(1);
        for (int i = 0; i < environment.size(); i++) {
            byte[] text = environment.get(i);
            memory.putPointer(a.integer(0) + (long) i * memory.pointerBytes(), buffer);
            memory.write(buffer, text);
            buffer += text.length;
        }
        return 0;
    }
}
