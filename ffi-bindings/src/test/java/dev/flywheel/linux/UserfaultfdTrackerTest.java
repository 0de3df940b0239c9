package dev.flywheel.linux;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Reported as skipped, with the reason, on kernels and in sandboxes where userfaultfd does not
 * work.
 */
final class UserfaultfdTrackerTest extends PageTrackerContract {

    @Override
    PageTracking open() {
        return openOrSkip();
    }

    static PageTracking openOrSkip() {
        PageTracking tracking = PageTracking.probe("");
        assumeThat(tracking.method())
                .as(tracking.description())
                .isEqualTo(PageTracking.Method.USERFAULTFD);
        return tracking;
    }
}
