package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Gas and memory of fourteen messages under the metered formats, measured on the reference's loader
 * alone: it goes on from the memory that an error left, which a compute unit undoes.
 */
class GasAndMemoryTest {
    private static final String PROCESS_TAGS =
            """
            [{"name":"Data-Protocol","value":"ao"},{"name":"Variant","value":"ao.TN.1"},\
            {"name":"Type","value":"Process"}]""";
    private static final int HASH_CHARS = 16;

    private static final String[] EVALS = {
        "1+1",
        "print(\"hello\") print(42)",
        "error(\"boom\")",
        "x = = 1",
        "return pcall(error,\"x\")",
        "Send({Target=\"a\",Action=\"Ping\",Data=\"hello\"}) return #ao.outbox.Messages",
        "ao.spawn(\"m\",{Data=\"child\"}) return 1",
        "local t={} for i=1,20000 do t[i]=(i*7919)%20011 end table.sort(t) return t[1]",
        "local c=0 for i=1,10000 do if not pcall(error,\"x\") then c=c+1 end end return c",
        "return #string.rep(\"ab\",524288)",
        "local f=io.open(\"/tmp/x\",\"w\") return tostring(f)",
        "B=string.rep(\"y\",40*1024*1024) return #B",
        "return 1"
    };

    private static final String MEASURED_32 =
            """
            0 11013408027 e90c6ca31708eb46 109969408
            1 431675277 b3f01763015b642f 109969408
            2 467968956 57bffcec59bd5422 109969408
            3 403246603 3a90b96e9e0da7d0 109969408
            4 402060836 cb7c1dc633091b60 109969408
            5 404790991 b90789f6a74be22e 109969408
            6 539808236 1fd533ed63819e26 109969408
            7 540638607 747d5e05f5c41a24 109969408
            8 14885197678 0ccf8fa48e99c9e1 109969408
            9 4824684636 c1ff53370fe9f993 109969408
            10 5171856229 104cac1c27341041 109969408
            11 456969765 42a0481a3e0cb7f6 131989504
            12 304648237002 23c2ee8c3ce191b4 158400512
            13 437006133 0c3aaaa2381a6b8e 158400512
            """;

    private static final String MEASURED_64 =
            """
            0 11388009944 a1b6d199d46c7c9e 110034944
            1 463999083 c26977270ae853e7 110034944
            2 501704025 72c78ca2d03a7aaf 110034944
            3 434719266 73b74ed4eb6db16c 110034944
            4 433821780 9f4d5fe0717a48da 110034944
            5 436645126 d6533346c05d9985 110034944
            6 574897754 a5c97c0d7137d2b3 110034944
            7 574502157 a2edce204ac0ed32 110034944
            8 15012137920 76914186e776e9ec 110034944
            9 5012725575 a4088960476fc683 110034944
            10 5209747401 61756ae9f73fcea4 110034944
            11 490302891 c57487e3398aaf8e 132055040
            12 306612371406 492d3044827971b1 158466048
            13 471069972 348be8f54248aa19 158466048
            """;

    @TempDir Path artefacts;

    @ParameterizedTest
    @CsvSource({
        "aos2_0_4_32, wasm32-unknown-emscripten-metering",
        "aos2_0_6, wasm64-unknown-emscripten-draft_2024_10_16-metering"
    })
    void shouldUseTheGasAndLeaveTheMemoryOfTheReference(String name, String format)
            throws Exception {
        byte[] wasm = Aos.module(name);
        try (GuestBench bench = new GuestBench(artefacts);
                GuestModule module = bench.engine.load(Id.sha256(wasm), wasm, format)) {
            String expected = format.startsWith("wasm32") ? MEASURED_32 : MEASURED_64;
            assertThat(bench.call(() -> measured(module))).isEqualTo(expected);
        }
    }

    private static String measured(GuestModule module) {
        Deadline deadline = module.newDeadline();
        StringBuilder lines = new StringBuilder();
        List<byte[]> messages = messages();
        try (GuestInstance instance =
                new GuestInstance(module, GuestProcessOptions.of(GuestBench.PROCESS), deadline)) {
            instance.boot(EvaluationLimits.DEFAULT_GAS_LIMIT);
            for (int n = 0; n < messages.size(); n++) {
                instance.handle(messages.get(n), environment(), EvaluationLimits.DEFAULT_GAS_LIMIT);
                String hash = GuestState.sha256(instance.memory()).substring(0, HASH_CHARS);
                lines.append(n).append(' ').append(instance.gasUsed()).append(' ').append(hash);
                lines.append(' ').append(instance.memory().byteSize()).append('\n');
            }
        }
        return lines.toString();
    }

    private static List<byte[]> messages() {
        List<byte[]> messages = new ArrayList<>();
        messages.add(message(0, id("p"), PROCESS_TAGS, "x"));
        String tags = "[{\"name\":\"Action\",\"value\":\"Eval\"}]";
        for (int n = 1; n <= EVALS.length; n++) {
            messages.add(message(n, String.format(Locale.ROOT, "%043d", n), tags, EVALS[n - 1]));
        }
        return messages;
    }

    private static byte[] message(int n, String id, String tags, String data) {
        return """
        {"Id":"%s","Owner":"%s","From":"%s","Target":"%s","Tags":%s,"Data":%s,"Module":"%s",\
        "Timestamp":%d,"Block-Height":%d}"""
                .formatted(
                        id,
                        id("o"),
                        id("o"),
                        id("p"),
                        tags,
                        Json.MAPPER.writeValueAsString(data),
                        id("m"),
                        1000 * n,
                        100 + n)
                .getBytes(UTF_8);
    }

    private static byte[] environment() {
        return """
        {"Process":{"Id":"%s","Owner":"%s","Tags":%s},"Module":{"Id":"%s","Owner":"%s","Tags":[]}}"""
                .formatted(id("p"), id("o"), PROCESS_TAGS, id("m"), id("o"))
                .getBytes(UTF_8);
    }

    private static String id(String letter) {
        return letter.repeat(43);
    }
}
