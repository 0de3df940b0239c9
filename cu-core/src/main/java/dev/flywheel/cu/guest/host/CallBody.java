package dev.flywheel.cu.guest.host;

/** What one import does. Runs on the thread that runs the guest. */
@FunctionalInterface
public interface CallBody {

    /**
     * @return the import's result: an i64, an i32 in the low half, an f64 as its raw bits ({@link
     *     Double#doubleToRawLongBits}); of no meaning where the import has no result
     * @throws GuestThrownException when the import ends the evaluation
     */
    long call(CallArguments arguments);
}
