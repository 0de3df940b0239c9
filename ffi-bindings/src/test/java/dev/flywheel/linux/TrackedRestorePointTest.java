package dev.flywheel.linux;

import org.junit.jupiter.api.BeforeAll;

/**
 * Reported as skipped, with the reason, on kernels and in sandboxes where userfaultfd does not
 * work.
 */
final class TrackedRestorePointTest extends RestorePointContract {

    // Once for the class: a skip inside a test's own preparation would still run what comes after
    // the test.
    @BeforeAll
    static void skipWhereTheKernelCannot() {
        PageTrackingTest.assumeUserfaultfd();
    }

    @Override
    PageTracking open() {
        return PageTracking.probe("userfaultfd");
    }
}
