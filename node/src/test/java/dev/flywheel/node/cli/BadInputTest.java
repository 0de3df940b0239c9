package dev.flywheel.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.files.DataDirectory;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong at the terminal: one clear line each, and the exit status that is documented. */
class BadInputTest {
    @TempDir Path directory;

    private Child gateway(String... more) throws IOException {
        Map<String, String> usual =
                Map.of(
                        "--gateway-port",
                        "0",
                        "--ops-port",
                        "0",
                        "--modules",
                        directory.resolve("none").toString(),
                        "--data",
                        directory.resolve("data").toString());
        List<String> arguments = new ArrayList<>(List.of("gateway"));
        usual.forEach(
                (flag, value) -> {
                    if (!Arrays.asList(more).contains(flag)) {
                        arguments.addAll(List.of(flag, value));
                    }
                });
        arguments.addAll(List.of(more));
        return Child.start(Map.of(), arguments.toArray(String[]::new));
    }

    private static void assertComplaint(Child child, int status, String... texts)
            throws InterruptedException {
        assertThat(child.exit()).as(child.output().toString()).isEqualTo(status);
        assertThat(child.complaints()).as(child.output().toString()).hasSize(1);
        assertThat(child.complaints().getFirst()).contains(texts);
    }

    @Test
    void shouldSayWhichUnitFoundItsPortTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Child child = gateway("--gateway-port", Integer.toString(taken.getLocalPort()))) {
            assertComplaint(
                    child,
                    ExitCode.PORT_IN_USE,
                    "gateway",
                    Integer.toString(taken.getLocalPort()),
                    "--gateway-port");
        }
    }

    @Test
    void shouldNameTheFlagWhereTheMainnetPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<String> arguments =
                    new ArrayList<>(List.of("node", "--data", directory.resolve("n").toString()));
            for (String part : List.of("gateway", "su", "mu", "cu", "ops")) {
                arguments.addAll(List.of("--" + part + "-port", "0"));
            }
            String port = Integer.toString(taken.getLocalPort());
            arguments.addAll(List.of("--mainnet-port", port));
            try (Child child = Child.start(Map.of(), arguments.toArray(String[]::new))) {
                assertComplaint(child, ExitCode.PORT_IN_USE, "mainnet", port, "--mainnet-port");
            }
        }
    }

    @Test
    void shouldSayWhoHoldsTheDataDirectory() throws Exception {
        Path data = directory.resolve("held");
        try (DataDirectory held = DataDirectory.lock(data);
                Child child = gateway("--data", held.root().toString())) {
            assertComplaint(
                    child,
                    ExitCode.DATA_DIRECTORY,
                    data.toString(),
                    "another node",
                    Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void shouldSayThatTheDataDirectoryCannotBeWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        try (Child child = gateway("--data", file.resolve("below").toString())) {
            assertComplaint(child, ExitCode.DATA_DIRECTORY, file.toString(), "--data");
        }
    }

    @Test
    void shouldRefuseWrongSettingsAndFlags() throws Exception {
        try (Child child = gateway("--gateway-port", "70000")) {
            assertComplaint(child, ExitCode.USAGE, "gateway.port", "70000", "0 to 65535");
        }
        try (Child child = gateway("--gatway-port", "1")) {
            assertComplaint(child, ExitCode.USAGE, "--gatway-port");
        }
        Path wallet = Files.writeString(directory.resolve("wallet.json"), "{}");
        try (Child child = gateway("--wallet", wallet.toString())) {
            assertComplaint(child, ExitCode.USAGE, wallet.toString());
        }
        try (Child child = Child.start(Map.of(), "frobnicate")) {
            assertComplaint(child, ExitCode.USAGE, "frobnicate");
        }
    }

    @Test
    void shouldSayWhichStepOfTheDemoFailed() throws Exception {
        try (Child child = Child.start(Map.of(), "demo", "--gateway-url", "http://127.0.0.1:1")) {
            assertComplaint(child, ExitCode.DEMO, "127.0.0.1:1");
        }
    }

    @Test
    void shouldPrintItsConfigurationWithoutStartingAnything() throws Exception {
        try (Child child = gateway("--print-config", "--durability", "power-loss")) {
            assertThat(child.exit()).isZero();
            assertThat(child.output())
                    .contains("durability: power-loss", "# from: --durability", "mu.port: 3005");
        }
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void shouldReadWhatANodeSetsForANodeJsUnit() throws Exception {
        Map<String, String> environment =
                Map.of("UNIT_MODE", "hbu", "HB_URL", "http://localhost:10000", "PORT", "6399");
        try (Child child = Child.start(environment, "cu", "--print-config")) {
            assertThat(child.exit()).isZero();
            assertThat(child.output()).contains("# from: HB_URL", "cu.port: 6399", "# from: PORT");
        }
        try (Child child = Child.start(environment, "su", "--print-config")) {
            assertThat(child.exit()).isZero();
            assertThat(child.output()).doesNotContain("# from: PORT");
        }
        try (Child child =
                Child.start(Map.of("UNIT_MODE", "hbu", "HB_URL", "localhost"), "cu", "--once")) {
            assertComplaint(child, ExitCode.USAGE, "HB_URL", "localhost");
        }
    }

    @Test
    void shouldEndTheDoctorWithOneWhenACheckFailed() throws Exception {
        String nobody = "http://127.0.0.1:1";
        try (Child child =
                Child.start(Map.of(), "doctor", "--hyperbeam", nobody + "/", "--cu", nobody)) {
            assertThat(child.exit()).isEqualTo(ExitCode.FAILURE);
            assertThat(child.output())
                    .anyMatch(line -> line.startsWith("FAILED   unit: nobody answers at " + nobody))
                    .anyMatch(
                            line -> line.startsWith("FAILED   node: nobody answers at " + nobody));
        }
        try (Child child =
                Child.start(Map.of(), "doctor", "--hyperbeam", nobody, "--process", "nobody")) {
            assertComplaint(child, ExitCode.USAGE, "--process", "nobody");
        }
        try (Child child = Child.start(Map.of(), "doctor", "--hyperbeam", "localhost")) {
            assertComplaint(child, ExitCode.USAGE, "--hyperbeam", "it must be a URL");
        }
    }

    @Test
    void shouldDrainOnTermAndKeepWhatItAcknowledged() throws Exception {
        String[] key = new String[1];
        for (int start = 0; start < 2; start++) {
            try (Child child = gateway()) {
                String url =
                        child.await(line -> line.strip().startsWith("gateway "))
                                .strip()
                                .split("\\s+")[1];
                String address =
                        child.await(line -> line.strip().startsWith("address "))
                                .strip()
                                .split("\\s+")[1];
                String ops =
                        child.output().stream()
                                .filter(line -> line.strip().startsWith("dashboard "))
                                .findFirst()
                                .orElseThrow();
                assertThat(get(ops.strip().split("\\s+")[1] + "/readyz").text()).isEqualTo("ready");
                assertThat(get(ops.strip().split("\\s+")[1] + "/metrics").text())
                        .contains("flywheel_gateway_items_total");
                assertThat(get(url + "/info").status()).isEqualTo(200);
                assertThat(key[0] == null || key[0].equals(address))
                        .as("the key is made once")
                        .isTrue();
                key[0] = address;
                child.terminate();
                assertThat(child.exit()).isEqualTo(143);
            }
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("data")).toString())
                .doesNotContain("GROUP", "OTHERS");
        assertThat(Files.getPosixFilePermissions(directory.resolve("data/wallet.json")).toString())
                .doesNotContain("GROUP", "OTHERS", "EXECUTE");
    }

    private static Answer get(String url) throws Exception {
        try (HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits())) {
            return calls.send(Call.get(url));
        }
    }

    /** The launcher with everything around it replaced: no JDK is found. */
    @Test
    void shouldSayInOneLineThatThereIsNoJdk() throws Exception {
        Path root = directory.resolve("install");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("native"));
        Files.copy(
                Path.of("../bin/flywheel"),
                root.resolve("bin/flywheel"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Path finder = root.resolve("native/find-jdk.sh");
        Files.writeString(
                finder,
                "#!/bin/sh\n[ \"${1:-}\" = --explain ] && echo 'No JDK 25 or later found' >&2\ntrue\n");
        assertThat(finder.toFile().setExecutable(true)).isTrue();
        Path old = Files.createDirectories(root.resolve("jdk17/bin"));
        Files.writeString(root.resolve("jdk17/release"), "JAVA_VERSION=\"17.0.2\"\n");
        assertThat(
                        Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 99\n")
                                .toFile()
                                .setExecutable(true))
                .isTrue();
        ProcessBuilder builder =
                new ProcessBuilder(root.resolve("bin/flywheel").toString(), "version")
                        .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", root.resolve("jdk17").toString());
        Process process = builder.start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.JDK);
        assertThat(printed).contains("jdk17 is not a JDK 25", "No JDK 25 or later found");
    }
}
