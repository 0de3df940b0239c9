package dev.flywheel.linux;

import org.junit.jupiter.api.Nested;

/** Reported as skipped, with the reason, where private files do not work. */
final class PrivateFileTrackerTest {

    /** Linux 6.7. */
    @Nested
    final class ThatScans extends PageTrackerContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile(PageMap.Way.SCAN);
        }

        @Override
        long descriptorsForATracker() {
            return 1;
        }
    }

    @Nested
    final class ThatReads extends PageTrackerContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile(PageMap.Way.READ);
        }

        @Override
        long descriptorsForATracker() {
            return 1;
        }
    }
}
