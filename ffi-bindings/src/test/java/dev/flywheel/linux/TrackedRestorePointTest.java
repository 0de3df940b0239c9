package dev.flywheel.linux;

/**
 * Reported as skipped, with the reason, on kernels and in sandboxes where userfaultfd does not
 * work.
 */
final class TrackedRestorePointTest extends RestorePointContract {

    @Override
    PageTracking open() {
        PageTrackingTest.assumeUserfaultfd();
        return PageTracking.probe("userfaultfd");
    }
}
