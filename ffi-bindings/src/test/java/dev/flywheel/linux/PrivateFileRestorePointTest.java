package dev.flywheel.linux;

import org.junit.jupiter.api.Nested;

/** Reported as skipped, with the reason, where private files do not work. */
final class PrivateFileRestorePointTest {

    /** Linux 6.7. */
    @Nested
    final class ThatScans extends RestorePointContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile(PageMap.Way.SCAN);
        }
    }

    @Nested
    final class ThatReads extends RestorePointContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile(PageMap.Way.READ);
        }
    }
}
