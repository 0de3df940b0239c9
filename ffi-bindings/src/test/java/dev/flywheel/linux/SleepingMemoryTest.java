package dev.flywheel.linux;

import org.junit.jupiter.api.Nested;

/** Sleeping memories with each way of finding changed pages. */
final class SleepingMemoryTest {

    @Nested
    final class OfTrackedPages extends MappedSleepingMemoryContract {
        @Override
        PageTracking open() {
            PageTrackingTest.assumeUserfaultfd();
            return PageTracking.probe("userfaultfd");
        }
    }

    @Nested
    final class OfComparedPages extends MappedSleepingMemoryContract {
        @Override
        PageTracking open() {
            return PageTracking.probe("compare");
        }
    }

    @Nested
    final class OfPrivatePages extends SleepingMemoryContract {
        @Override
        PageTracking open() {
            return PageTracking.probe("private-file");
        }
    }
}
