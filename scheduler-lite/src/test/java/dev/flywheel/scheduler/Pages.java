package dev.flywheel.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.platform.http.Answer;
import dev.flywheel.protocol.SchedulePage;
import java.util.List;

/** Pages of one log, each query its own. */
record Pages(Unit unit, String base) {
    private SchedulePage page(String query) throws Exception {
        Answer answer = unit.get(base + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return SchedulePage.parse(answer.body());
    }

    List<Long> nonces(String query) throws Exception {
        return page(query).edges().stream().map(edge -> edge.node().nonce()).toList();
    }

    List<String> cursors(String query) throws Exception {
        return page(query).edges().stream().map(SchedulePage.Edge::cursor).toList();
    }

    boolean hasNext(String query) throws Exception {
        return page(query).hasNextPage();
    }
}
