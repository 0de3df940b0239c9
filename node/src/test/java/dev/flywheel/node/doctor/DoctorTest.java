package dev.flywheel.node.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.guest.compile.CompileSettings;
import dev.flywheel.cu.unit.ComputeUnit;
import dev.flywheel.cu.unit.ComputeUnitOptions;
import dev.flywheel.cu.unit.store.Quarantine;
import dev.flywheel.cu.unit.store.ResultStore;
import dev.flywheel.platform.http.Call;
import dev.flywheel.platform.http.HttpCallLimits;
import dev.flywheel.platform.http.HttpCalls;
import dev.flywheel.platform.http.HttpEdge;
import dev.flywheel.platform.http.HttpLimits;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.protocol.Id;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real compute unit behind a node that answers as real ones do, and each fault between them. */
class DoctorTest {
    /** Nobody listens there: it is reserved, and no program may have it. */
    private static final URI NOBODY = URI.create("http://127.0.0.1:1");

    @TempDir Path directory;
    private StandInNode node;
    private @Nullable ComputeUnit unit;
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void start() {
        node = new StandInNode("node");
    }

    @AfterEach
    void stop() {
        node.close();
        if (unit != null) {
            unit.close();
        }
    }

    private URI unit(@Nullable URI behind) {
        ComputeUnitOptions options =
                new ComputeUnitOptions(
                        new InetSocketAddress("127.0.0.1", 0),
                        directory,
                        "address-of-the-unit",
                        behind == null ? node.url() : null,
                        node.url(),
                        new byte[32],
                        ComputeUnitOptions.Settings.defaults(),
                        CompileSettings.defaults());
        ComputeUnit started =
                ComputeUnit.start(
                        behind == null ? options : options.behindHyperBeam(behind),
                        InstantSource.system());
        unit = started;
        node.unitPort = started.port();
        return URI.create("http://127.0.0.1:" + started.port());
    }

    private boolean examine(URI ofNode, URI ofUnit, @Nullable Id process) throws Exception {
        lines.clear();
        try (Doctor doctor = new Doctor(ofNode, ofUnit, finding -> lines.add(finding.line()))) {
            return doctor.examine(process);
        }
    }

    private void assertLine(String start, String... parts) {
        assertThat(lines)
                .anyMatch(
                        line ->
                                line.startsWith(start)
                                        && Stream.of(parts).allMatch(line::contains));
    }

    private static void evaluated(URI unit, int slot) throws Exception {
        try (HttpCalls calls = new HttpCalls(HttpCallLimits.betweenUnits())) {
            assertThat(
                            calls.send(
                                            Call.get(
                                                    unit
                                                            + "/result/"
                                                            + slot
                                                            + "?process-id="
                                                            + StandInNode.PROCESS))
                                    .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldFindNothingWhereAllIsWell() throws Exception {
        URI url = unit(node.url());
        node.message();
        evaluated(url, node.message());
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).as("%s", lines).isTrue();
        // How long an answer takes is the machine's business.
        assertThat(lines.stream().filter(line -> !line.contains("answers GET / in")))
                .allMatch(line -> line.startsWith("ok "));
        assertLine("ok       node: HyperBEAM 0.9", node.address);
        assertLine("ok       behind: the unit works for " + node.url());
        assertLine("ok       port: ", "looks for its unit on " + url.getPort());
        assertLine("ok       clocks: ");
        assertLine("ok       schedule: ");
        assertLine("ok       hash chain: over messages");
        assertLine("ok       lag: node and unit are both at slot 2");
        assertLine("ok       result: of slot 0");
        assertLine("ok       dry run: ");
        assertLine("ok       module: " + StandInNode.MODULE);
        assertThat(examine(node.url(), url, null)).isTrue();
        assertLine("warning  process: not looked at: ", "--process ID");
    }

    @Test
    void shouldNameProcessesThatStandStill() throws Exception {
        try (ResultStore store = ResultStore.open(directory.resolve("results"))) {
            store.quarantine(new Quarantine(StandInNode.PROCESS, 7, "m1", "a1", "m2", "a2", 1_000));
        }
        URI url = unit(node.url());
        assertThat(examine(node.url(), url, null)).isFalse();
        assertLine(
                "FAILED   quarantine: process " + StandInNode.PROCESS,
                "slot 7",
                "m1",
                "m2",
                "flywheel quarantine " + StandInNode.PROCESS);
    }

    @Test
    void shouldSayThatThereIsNoNode() throws Exception {
        URI url = unit(NOBODY);
        assertThat(examine(NOBODY, url, StandInNode.PROCESS)).isFalse();
        assertLine("FAILED   node: nobody answers at " + NOBODY, "Start the HyperBEAM node");
        node.isNode = false;
        assertThat(examine(node.url(), url, null)).isFalse();
        assertLine("FAILED   node: at " + node.url() + " is no HyperBEAM node", "some web server");
    }

    @Test
    void shouldSayThatThereIsNoUnit() throws Exception {
        assertThat(examine(node.url(), NOBODY, StandInNode.PROCESS)).isFalse();
        assertLine(
                "FAILED   unit: nobody answers at " + NOBODY,
                "flywheel cu --behind-hyperbeam " + node.url());
        assertLine("ok       schedule: ");
        assertLine("warning  module: not looked for");
    }

    @Test
    void shouldTellANodeJsUnitAndOtherProgramsFromFlywheel() throws Exception {
        String[] answer = {"{\"address\":\"S85\",\"timestamp\":1795456648903}"};
        int[] status = {200};
        try (HttpEdge other =
                HttpEdge.start(
                        "other",
                        new InetSocketAddress("127.0.0.1", 0),
                        HttpLimits.forItems(),
                        new Routes()
                                .get(
                                        "/",
                                        (request, params) ->
                                                CompletableFuture.completedFuture(
                                                        Response.json(status[0], answer[0]))))) {
            URI url = URI.create("http://127.0.0.1:" + other.port());
            assertThat(examine(node.url(), url, null)).isFalse();
            assertLine("FAILED   unit: at " + url + " is another compute unit", "NodeJS", "Stop");
            answer[0] = "\u001b[2J hello";
            assertThat(examine(node.url(), url, null)).isFalse();
            assertLine("FAILED   unit: at " + url + " is no compute unit", " [2J hello");
            status[0] = 500;
            assertThat(examine(node.url(), url, null)).isFalse();
            assertLine("FAILED   unit: GET " + url + "/ answers status 500");
        }
    }

    @Test
    void shouldSayForWhomTheUnitWorksInstead() throws Exception {
        URI url = unit(null);
        assertThat(examine(node.url(), url, null)).isFalse();
        assertLine(
                "FAILED   behind: the unit works for no node",
                "Start it with --behind-hyperbeam " + node.url());
    }

    @Test
    void shouldKnowNodesByTheirAddress() throws Exception {
        URI url = unit(URI.create("http://localhost:" + node.url().getPort()));
        assertThat(examine(node.url(), url, null)).as("%s", lines).isTrue();
        assertLine("ok       behind: ", "which is the same node");
        try (StandInNode other = new StandInNode("other")) {
            other.unitPort = url.getPort();
            assertThat(examine(other.url(), url, null)).isFalse();
            assertLine("FAILED   behind: the unit works for ", "another node", node.address);
        }
    }

    @Test
    void shouldCompareThePorts() throws Exception {
        URI url = unit(node.url());
        node.unitPort = 6363;
        assertThat(examine(node.url(), url, null)).isFalse();
        assertLine("FAILED   port: the node looks for its unit on port 6363", "--cu-port 6363");
        node.unitPort = null;
        assertThat(examine(node.url(), url, null)).isTrue();
        assertLine("warning  port: the node does not tell", "genesis_wasm_port");
    }

    @Test
    void shouldCompareTheClocks() throws Exception {
        URI url = unit(node.url());
        node.date = "Mon, 23 Nov 2020 17:57:28 GMT";
        assertThat(examine(node.url(), url, null)).isFalse();
        assertLine("FAILED   clocks: those of node and unit are ", "NTP");
        node.date = "yesterday";
        assertThat(examine(node.url(), url, null)).isTrue();
        assertLine("warning  clocks: not compared: the node does not tell");
    }

    @Test
    void shouldSayWhatIsWrongWithTheSchedule() throws Exception {
        URI url = unit(node.url());
        node.schedule = "<html>a page for people</html>";
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isFalse();
        assertLine("FAILED   schedule: the node's schedule is not in a form", "a page for people");
        node.status = 500;
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isFalse();
        assertLine("FAILED   schedule: the node gives no schedule: status 500");
        node.schedule = null;
        Id unknown = Id.sha256("unknown".getBytes(UTF_8));
        assertThat(examine(node.url(), url, unknown)).isFalse();
        assertLine("FAILED   schedule: the node has no slot 0 of process " + unknown);
        assertLine("FAILED   result: of slot 0: the unit answers status 404");
        node.broken();
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isFalse();
        assertLine("FAILED   hash chain: ", "in neither known way");
    }

    @Test
    void shouldSayHowFarTheUnitIsBehind() throws Exception {
        URI url = unit(node.url());
        node.message();
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).as("%s", lines).isTrue();
        assertLine("warning  lag: the unit has evaluated nothing of it, the node is at slot 1");
        node.message();
        node.message();
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isTrue();
        assertLine("warning  lag: the unit is at slot 1, the node at 3: 2 behind", "/status");
        node.telling = false;
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isTrue();
        assertLine("warning  lag: the node does not tell its current slot: status 404");
        try (StandInNode younger = new StandInNode("node")) {
            younger.unitPort = url.getPort();
            assertThat(examine(younger.url(), url, StandInNode.PROCESS)).isFalse();
            assertLine("FAILED   lag: ", "longer log");
        }
    }

    @Test
    void shouldSayThatTheModuleIsMissing() throws Exception {
        URI url = unit(node.url());
        node.module = "no wasm";
        assertThat(examine(node.url(), url, StandInNode.PROCESS)).isFalse();
        assertLine("FAILED   module: ", "what is there is no wasm", "--gateway-url");
        assertLine("FAILED   result: ");
        assertLine("FAILED   dry run: ");
    }
}
