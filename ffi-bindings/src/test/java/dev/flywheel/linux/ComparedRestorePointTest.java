package dev.flywheel.linux;

final class ComparedRestorePointTest extends RestorePointContract {

    @Override
    PageTracking open() {
        return PageTracking.probe("compare");
    }
}
