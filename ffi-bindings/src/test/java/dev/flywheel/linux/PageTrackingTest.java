package dev.flywheel.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.Test;

final class PageTrackingTest {

    @Test
    void shouldSayWhichMethodWorksHereAndWhyNotTheBetterOne() {
        try (PageTracking tracking = PageTracking.probe("auto")) {
            if (tracking.method() == PageTracking.Method.USERFAULTFD) {
                assertThat(tracking.description()).isEqualTo("userfaultfd");
            } else {
                assertThat(tracking.description())
                        .containsPattern("^(private-file|compare), since .{10}");
            }
        }
    }

    @Test
    void shouldTakePrivateFilesWhereUserfaultfdDoesNotWork() {
        assumePrivateFile().close();
        try (PageTracking tracking = PageTracking.secondBest("it is forbidden")) {
            assertThat(tracking.method()).isEqualTo(PageTracking.Method.PRIVATE_FILE);
            assertThat(tracking.description()).isEqualTo("private-file, since it is forbidden");
        }
        try (PageTracking tracking = PageTracking.probe("PRIVATE-FILE")) {
            assertThat(tracking.method()).isEqualTo(PageTracking.Method.PRIVATE_FILE);
            assertThat(tracking.description()).contains(PageTracking.VARIABLE);
        }
    }

    @Test
    void shouldTakeTheMethodThatIsForced() {
        try (PageTracking tracking = PageTracking.probe(" Compare ")) {
            assertThat(tracking.method()).isEqualTo(PageTracking.Method.COMPARE);
            assertThat(tracking.description()).contains(PageTracking.VARIABLE);
        }
    }

    @Test
    void shouldNotFallBackWhenUserfaultfdIsForced() {
        PageTracking.Method usable;
        try (PageTracking tracking = PageTracking.probe("")) {
            usable = tracking.method();
        }
        if (usable == PageTracking.Method.USERFAULTFD) {
            try (PageTracking tracking = PageTracking.probe("userfaultfd")) {
                assertThat(tracking.method()).isEqualTo(PageTracking.Method.USERFAULTFD);
            }
        } else {
            assertThatIllegalStateException()
                    .isThrownBy(() -> PageTracking.probe("userfaultfd"))
                    .withMessageContaining(PageTracking.VARIABLE);
        }
    }

    @Test
    void shouldRefuseAnUnknownMethod() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PageTracking.probe("mprotect"))
                .withMessageContaining("none of auto, userfaultfd, private-file and compare");
    }

    @Test
    void shouldRefuseTrackersAfterClose() {
        assumeUserfaultfd();
        try (GrowingMemory memory = new GrowingMemory(4, 4)) {
            PageTracking tracking = PageTracking.probe("userfaultfd");
            tracking.close();
            tracking.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> tracking.over(memory.view(), memory.reservedBytes));
        }
    }

    static void assumeUserfaultfd() {
        try (PageTracking tracking = PageTracking.probe("")) {
            assumeThat(tracking.method())
                    .as(tracking.description())
                    .isEqualTo(PageTracking.Method.USERFAULTFD);
        }
    }

    /** The better way of listing pages that works here. */
    static PageTracking assumePrivateFile() {
        try {
            return PageTracking.privateFile(PageMap.Way.SCAN);
        } catch (MethodUnusableException e) {
            return assumePrivateFile(PageMap.Way.READ);
        }
    }

    static PageTracking assumePrivateFile(PageMap.Way way) {
        try {
            return PageTracking.privateFile(way);
        } catch (MethodUnusableException e) {
            return abort("private-file by " + way + ": " + e.getMessage());
        }
    }
}
