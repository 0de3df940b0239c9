package dev.flywheel.platform.http;

/**
 * What a peer may make a client hold or wait for.
 *
 * @param connectMs time to connect, in milliseconds
 * @param answerMs time from sending the request to the last byte of the answer, in milliseconds
 * @param answerBytesMax largest answer in bytes
 * @param readingBytesMax bytes of all answers that are read at once; one alone may have more
 */
public record HttpCallLimits(
        int connectMs, int answerMs, long answerBytesMax, long readingBytesMax) {

    /** As much at once as takes an eighth of the heap. */
    public HttpCallLimits(int connectMs, int answerMs, long answerBytesMax) {
        this(connectMs, answerMs, answerBytesMax, Runtime.getRuntime().maxMemory() / 8);
    }

    /**
     * Between units of one operator: a local peer connects in microseconds, and a page of 1,000
     * messages stays below 256 MiB. The answer may take as long as an evaluation does.
     */
    public static HttpCallLimits betweenUnits() {
        return new HttpCallLimits(5_000, 600_000, 256L * 1024 * 1024);
    }
}
