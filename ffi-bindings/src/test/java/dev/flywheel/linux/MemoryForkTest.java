package dev.flywheel.linux;

import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Nested;

/** Forks of each kind of restore point with each kind of copy. */
final class MemoryForkTest {

    @Nested
    final class OfTrackedPages extends MemoryForkContract {
        @Override
        PageTracking open() {
            PageTrackingTest.assumeUserfaultfd();
            return PageTracking.probe("userfaultfd");
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return mapped(bytes, owner);
        }
    }

    @Nested
    final class OfPrivatePages extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile();
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return mapped(bytes, owner);
        }
    }

    @Nested
    final class OfPrivatePagesThatAreRead extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile(PageMap.Way.READ);
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return mapped(bytes, owner);
        }
    }

    /** As where the system gives no more files of memory. */
    @Nested
    final class ThatCopyPagesOfNoFile extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTrackingTest.assumePrivateFile();
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return MemoryCopy.copying(bytes);
        }
    }

    @Nested
    final class OfComparedPages extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTracking.probe("compare");
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return mapped(bytes, owner);
        }
    }

    /** As before Linux 5.14. */
    @Nested
    final class OfPagesThatAreTouched extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTracking.probe("compare");
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            PageOwner touching =
                    (address, length) ->
                            Math.min(owner.own(address, 0), PageOwner.touch(address, length));
            return mapped(bytes, touching);
        }
    }

    @Nested
    final class ThatCopyTrackedPages extends MemoryForkContract {
        @Override
        PageTracking open() {
            PageTrackingTest.assumeUserfaultfd();
            return PageTracking.probe("userfaultfd");
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return MemoryCopy.copying(bytes);
        }
    }

    @Nested
    final class ThatCopyComparedPages extends MemoryForkContract {
        @Override
        PageTracking open() {
            return PageTracking.probe("compare");
        }

        @Override
        MemoryCopy copy(long bytes, PageOwner owner) {
            return MemoryCopy.copying(bytes);
        }
    }

    private static MemoryCopy mapped(long bytes, PageOwner owner) {
        MemoryCopy copy = MemoryCopy.forkable(bytes, owner);
        boolean forkable = copy.isForkable();
        if (!forkable) {
            copy.close();
        }
        assumeThat(forkable).as("files of memory").isTrue();
        return copy;
    }
}
