package dev.flywheel.cu.guest;

import static dev.flywheel.cu.guest.GuestBench.ENVIRONMENT;
import static dev.flywheel.cu.guest.GuestBench.PROCESS;
import static dev.flywheel.cu.guest.GuestBench.message;
import static dev.flywheel.cu.guest.GuestBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wrong thing that a guest can do: what is served, and that nothing of it remains. */
class MisbehaverTest {
    /** For those actions that end by the clock: some ticks. */
    private static final EvaluationLimits SHORT =
            new EvaluationLimits(EvaluationLimits.DEFAULT_GAS_LIMIT, 50);

    private static final long MEMORY_LIMIT_BYTES = 320L << 20;

    @TempDir static Path artefacts;
    private static GuestBench bench;
    private static GuestModule module32;
    private static GuestModule module64;

    @BeforeAll
    static void load() throws Exception {
        bench = new GuestBench(artefacts);
        module32 = bench.module("misbehaver", 32);
        module64 = bench.module("misbehaver", 64);
    }

    @AfterAll
    static void close() {
        module32.close();
        module64.close();
        bench.close();
    }

    /** What an action gave, and whether the process was as before. */
    private record Seen(Evaluation evaluation, boolean unchanged, String countAfter) {}

    private static Seen act(int width, EvaluationLimits limits, byte[] message) throws Exception {
        return bench.call(
                () -> {
                    GuestModule module = width == 64 ? module64 : module32;
                    try (GuestProcess process =
                            module.newProcess(
                                    new GuestProcessOptions(PROCESS, MEMORY_LIMIT_BYTES))) {
                        process.evaluate(
                                message("Nothing", ""), ENVIRONMENT, EvaluationLimits.DEFAULTS);
                        String before = process.stateHash();
                        Evaluation got = process.evaluate(message, ENVIRONMENT, limits);
                        boolean unchanged = before.equals(process.stateHash());
                        Evaluation count =
                                process.evaluate(
                                        message("Count", ""),
                                        ENVIRONMENT,
                                        EvaluationLimits.DEFAULTS);
                        return new Seen(got, unchanged, text(count.result().output()));
                    }
                });
    }

    private static void undone(Seen seen) {
        assertThat(seen.evaluation.memoryKept()).isFalse();
        assertThat(seen.unchanged).isTrue();
        assertThat(seen.countAfter).isEqualTo("{\"data\":\"1\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Trap            | {} | RuntimeError: unreachable
                    Recurse         | {} | RangeError: Maximum call stack size exceeded
                    RecurseInMemory | {} | RuntimeError: memory access out of bounds
                    DivideByZero    | {} | RuntimeError: divide by zero
                    OutOfBounds     | {} | RuntimeError: memory access out of bounds
                    CallNull        | {} | RuntimeError: null function or function signature mismatch
                    CallOutside     | {} | RuntimeError: table index is out of bounds
                    Abort           | {} | RuntimeError: Aborted(native code called abort())
                    Throw           | null | value: null
                    NotJson         | {} | SyntaxError: the guest's answer is not JSON: no JSON value at byte 0
                    Truncated       | {} | SyntaxError: the guest's answer is not JSON: the text ends inside a string at byte 36
                    Trailing        | {} | SyntaxError: the guest's answer is not JSON: text follows the value at byte 26
                    RawControl      | {} | SyntaxError: the guest's answer is not JSON: a control character in a string at byte 34
                    Empty           | {} | SyntaxError: Unexpected end of JSON input
                    NullPointer     | {} | SyntaxError: Unexpected end of JSON input
                    OutsidePointer  | {} | SyntaxError: Unexpected end of JSON input
                    NegativePointer | {} | SyntaxError: Unexpected end of JSON input
                    Null            | {} | TypeError: the guest's answer is null
                    NoResponse      | {} | TypeError: the guest's answer has no response
                    Deep            | {} | SyntaxError: the guest's answer is not JSON: nested deeper than 10000 levels at byte 10030
                    Huge            | {} | RangeError: the guest's answer is longer than 67108864 bytes
                    """)
    void shouldServeWhatTheReferenceServesWhenAGuestThrows(
            String action, String error, String diagnostic) throws Exception {
        for (int width : new int[] {32, 64}) {
            Seen seen = act(width, EvaluationLimits.DEFAULTS, message(action, ""));
            assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.THROWN);
            assertThat(seen.evaluation.diagnostic()).isEqualTo(diagnostic);
            assertThat(text(seen.evaluation.result().error())).isEqualTo(error);
            assertThat(text(seen.evaluation.result().messages())).isEqualTo("[]");
            assertThat(seen.evaluation.result().gasUsed()).isEmpty();
            undone(seen);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldServeTheStatusOfAGuestThatExits(int width) throws Exception {
        Seen seen = act(width, EvaluationLimits.DEFAULTS, message("Exit", ""));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.THROWN);
        assertThat(text(seen.evaluation.result().error()))
                .isEqualTo(
                        "{\"name\":\"ExitStatus\",\"message\":\"Program terminated with exit(3)\","
                                + "\"status\":3}");
        undone(seen);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Number           | (none)
                    EmptyObject      | (none)
                    Unterminated     | (none)
                    RefuseSilently   | (none)
                    Refuse           | "refused as asked"
                    RefuseWithObject | {"code":7}
                    """)
    void shouldServeWhatAGuestGivesThatSaysItIsNotOk(String action, String error) throws Exception {
        for (int width : new int[] {32, 64}) {
            Seen seen = act(width, EvaluationLimits.DEFAULTS, message(action, ""));
            assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.GUEST_ERROR);
            assertThat(text(seen.evaluation.result().error())).isEqualTo(error);
            assertThat(text(seen.evaluation.result().output())).isEqualTo("\"\"");
            undone(seen);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldServeMessagesAndOutputBesideAnErrorAndUndoTheRest(int width) throws Exception {
        Seen seen = act(width, EvaluationLimits.DEFAULTS, message("Error", "", "Times", "3"));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.GUEST_ERROR);
        assertThat(text(seen.evaluation.result().error())).isEqualTo("\"failed as asked\"");
        assertThat(text(seen.evaluation.result().output())).contains("an output beside the error");
        assertThat(text(seen.evaluation.result().messages()).split("Anchor", -1)).hasSize(4);
        assertThat(seen.evaluation.result().gasUsed()).hasValue(0);
        undone(seen);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    WrongTypes       | "5"
                    InvalidUtf8      | "a\uFFFD\uFFFD\uFFFD(\uFFFD z"
                    EncodedSurrogate | "a\uFFFD\uFFFD\uFFFD z"
                    LoneSurrogate    | "a\\ud83d z"
                    DuplicateKeys    | "last"
                    LargeInteger     | {"n":12345678901234567000}
                    ByteOrderMark    | "marked"
                    """)
    void shouldServeTheValueThatJavaScriptReads(String action, String output) throws Exception {
        for (int width : new int[] {32, 64}) {
            Seen seen = act(width, EvaluationLimits.DEFAULTS, message(action, ""));
            assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.OK);
            assertThat(seen.evaluation.memoryKept()).isTrue();
            assertThat(text(seen.evaluation.result().output())).isEqualTo(output);
            assertThat(text(seen.evaluation.result().messages())).isEqualTo("[]");
            assertThat(seen.countAfter).isEqualTo("{\"data\":\"2\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldServeManyMessages(int width) throws Exception {
        Seen seen =
                act(width, EvaluationLimits.DEFAULTS, message("ManyMessages", "", "Times", "2000"));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.OK);
        assertThat(text(seen.evaluation.result().messages()).split("Anchor", -1)).hasSize(2001);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldStopALoopByTheClockAsALimitOfThisHost(int width) throws Exception {
        Seen seen = act(width, SHORT, message("Loop", ""));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.HOST_LIMIT);
        assertThat(seen.evaluation.diagnostic()).contains("wallClockMs=50");
        undone(seen);
    }

    @ParameterizedTest
    @CsvSource({"Grow, 32", "Grow, 64", "LoopAndGrow, 32", "LoopAndGrow, 64"})
    void shouldNotTakeTheMemoryLimitOfThisHostForAResult(String action, int width)
            throws Exception {
        Seen seen = act(width, EvaluationLimits.DEFAULTS, message(action, ""));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.HOST_LIMIT);
        assertThat(seen.evaluation.diagnostic())
                .contains("this host's limit is bytes=" + MEMORY_LIMIT_BYTES);
        undone(seen);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldKeepMemoryThatGrew(int width) throws Exception {
        Seen seen = act(width, EvaluationLimits.DEFAULTS, message("Grow", "", "Bytes", "50000000"));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.OK);
        assertThat(seen.countAfter).isEqualTo("{\"data\":\"2\"}");
        seen = act(width, EvaluationLimits.DEFAULTS, message("GrowDirectly", "", "Pages", "3"));
        assertThat(text(seen.evaluation.result().output()))
                .isEqualTo("{\"data\":\"grown from page 320\"}");
        assertThat(seen.countAfter).isEqualTo("{\"data\":\"2\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void shouldLetTheModulesOwnMaximumBeTheGuestsMatter(int width) throws Exception {
        Seen seen =
                act(
                        width,
                        EvaluationLimits.DEFAULTS,
                        message("GrowDirectly", "", "Pages", "20000"));
        assertThat(seen.evaluation.kind()).isEqualTo(Evaluation.Kind.GUEST_ERROR);
        assertThat(text(seen.evaluation.result().error())).isEqualTo("\"memory.grow refused\"");
        undone(seen);
    }
}
