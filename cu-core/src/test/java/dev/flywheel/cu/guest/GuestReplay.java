package dev.flywheel.cu.guest;

import dev.flywheel.cu.guest.differential.Facts;
import dev.flywheel.cu.guest.differential.MemoryHash;
import dev.flywheel.cu.guest.differential.Messages;
import dev.flywheel.cu.guest.differential.Sequence;
import dev.flywheel.cu.guest.host.GuestMemory;
import dev.flywheel.protocol.EvaluationResult;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates generated sequences, a process for each. On a thread for guests. */
final class GuestReplay implements AutoCloseable {
    /** The reference's side sends longer responses as length and hash only. */
    private static final int RESPONSE_BYTES_MAX = 64 * 1024;

    /** A generated program that takes so long never ends. */
    private static final long WALL_CLOCK_MS = 60_000;

    private final GuestEngine engine;
    private final Map<String, GuestModule> modules = new HashMap<>();

    GuestReplay(GuestEngine engine) {
        this.engine = engine;
    }

    /**
     * Facts of each message, and of the memory at the end.
     *
     * @param hashes whether facts of each message tell the hash of the memory
     */
    List<Facts> answer(Sequence sequence, boolean hashes) throws Exception {
        List<Facts> facts = new ArrayList<>();
        GuestProcessOptions options = GuestProcessOptions.of(GuestBench.PROCESS);
        try (GuestProcess process = module(sequence).newProcess(options)) {
            byte[] environment = Messages.environment(sequence);
            for (int i = 0; i < sequence.steps().size(); i++) {
                Facts of =
                        evaluate(
                                process,
                                Messages.message(sequence, i),
                                environment,
                                sequence.metered());
                of.put("memoryBytes", String.valueOf(process.memoryBytes()));
                if (hashes) {
                    of.put("memorySha256", memoryHash(process));
                }
                facts.add(of);
            }
            facts.getLast().put("last memory", memoryHash(process));
        }
        return facts;
    }

    private static String memoryHash(GuestProcess process) {
        return process.readState(state -> MemoryHash.of(state.memory()));
    }

    private GuestModule module(Sequence sequence) throws Exception {
        String key = sequence.module() + " " + sequence.format();
        GuestModule module = modules.get(key);
        if (module == null) {
            byte[] wasm = Aos.module(sequence.module());
            module = engine.load(Id.sha256(wasm), wasm, sequence.format());
            modules.put(key, module);
        }
        return module;
    }

    private static Facts evaluate(
            GuestProcess process, byte[] message, byte[] environment, boolean metered) {
        Facts facts = new Facts();
        process.observe((answer, memory) -> response(facts, answer));
        long gas = metered ? Sequence.GAS_LIMIT : EvaluationLimits.DEFAULT_GAS_LIMIT;
        Evaluation got =
                process.evaluate(message, environment, new EvaluationLimits(gas, WALL_CLOCK_MS));
        EvaluationResult result = got.result();
        if (metered && result.gasUsed().isPresent()) {
            facts.put("gasUsed", String.valueOf(result.gasUsed().getAsLong()));
        }
        switch (got.kind()) {
            case OK, GUEST_ERROR -> result(facts, got);
            case THROWN -> facts.put("thrown", thrown(got.diagnostic()));
            case HOST_LIMIT -> facts.put("thrown", "a limit of this host: " + got.diagnostic());
        }
        return facts.put("kept", String.valueOf(got.memoryKept()));
    }

    private static void response(Facts facts, byte[] answer) {
        facts.put("responseBytes", String.valueOf(answer.length));
        facts.put("responseSha256", sha256(answer));
        if (answer.length <= RESPONSE_BYTES_MAX) {
            facts.put("response", GuestMemory.decode(answer));
        }
    }

    /** The wording of these is that of the reference's engine. */
    private static String thrown(String diagnostic) {
        return diagnostic.startsWith("SyntaxError") || diagnostic.startsWith("TypeError")
                ? diagnostic.substring(0, diagnostic.indexOf(':'))
                : diagnostic;
    }

    private static void result(Facts facts, Evaluation got) {
        EvaluationResult result = got.result();
        // An answer that says that it is not ok has an error only, and no gas.
        boolean refused = got.kind() == Evaluation.Kind.GUEST_ERROR && result.gasUsed().isEmpty();
        if (!refused) {
            json(facts, "Messages", result.messages());
            json(facts, "Spawns", result.spawns());
            json(facts, "Assignments", result.assignments());
            json(facts, "Output", result.output());
        }
        if (result.error() != null) {
            json(facts, "Error", result.error());
        }
    }

    private static void json(Facts facts, String name, byte @Nullable [] value) {
        facts.putJson(name, value == null ? null : Json.MAPPER.readTree(value));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        modules.values().forEach(GuestModule::close);
    }
}
