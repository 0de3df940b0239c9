package dev.flywheel.cu.unit.takeover;

/** Something of a NodeJS unit's data is not taken; the text says why, for an operator. */
final class LeftOutException extends Exception {
    private static final long serialVersionUID = 1L;

    LeftOutException(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
