package dev.flywheel.cu.guest.host;

/** The arguments of one call of an import, as the guest gave them; valid during the call. */
public interface CallArguments {

    /** How many there are: some imports take a 64-bit number in two halves. */
    int count();

    /** Argument {@code i}, an i64, or an i32 with its sign extended. */
    long integer(int i);

    /** Argument {@code i}, an f64. */
    double number(int i);
}
