package dev.flywheel.linux;

final class CompareTrackerTest extends PageTrackerContract {

    @Override
    PageTracking open() {
        return PageTracking.probe("compare");
    }
}
