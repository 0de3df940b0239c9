package dev.flywheel.linux;

/**
 * Reported as skipped, with the reason, on kernels and in sandboxes where userfaultfd does not
 * work.
 */
final class UserfaultfdTrackerTest extends PageTrackerContract {

    @Override
    PageTracking open() {
        PageTrackingTest.assumeUserfaultfd();
        return PageTracking.probe("userfaultfd");
    }
}
