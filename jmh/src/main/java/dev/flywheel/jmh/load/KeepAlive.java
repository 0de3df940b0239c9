package dev.flywheel.jmh.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that asks and reads in turn. Costs the machine far less than a full HTTP client,
 * which matters where client and server share two cores. Answers must have a Content-Length. One
 * thread.
 */
final class KeepAlive implements AutoCloseable {
    /** A longer header line is no answer of ours. */
    private static final int LINE_CHARS_MAX = 8 << 10;

    private static final int ANSWER_BYTES_MAX = 64 << 20;

    private final Socket socket;
    private final InputStream in;
    private final String host;

    /** An answer. */
    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    record Answer(int status, byte[] body) {}

    KeepAlive(URI base) throws IOException {
        this.host = base.getHost() + ":" + base.getPort();
        this.socket = new Socket(base.getHost(), base.getPort());
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    }

    Answer get(String path) throws IOException {
        socket.getOutputStream()
                .write(
                        ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        return answer();
    }

    Answer post(String path, byte[] body) throws IOException {
        return post(path, "application/octet-stream", body);
    }

    Answer post(String path, String contentType, byte[] body) throws IOException {
        byte[] head =
                ("POST "
                                + path
                                + " HTTP/1.1\r\nHost: "
                                + host
                                + "\r\nContent-Type: "
                                + contentType
                                + "\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] both = new byte[head.length + body.length];
        System.arraycopy(head, 0, both, 0, head.length);
        System.arraycopy(body, 0, both, head.length, body.length);
        socket.getOutputStream().write(both);
        return answer();
    }

    private Answer answer() throws IOException {
        String status = line();
        long length = -1;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
        }
        if (length < 0 || length > ANSWER_BYTES_MAX) {
            throw new IOException("answer without a usable Content-Length: " + status);
        }
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new EOFException("answer cut short: " + status);
        }
        return new Answer(Integer.parseInt(status.split(" ")[1]), body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > LINE_CHARS_MAX) {
                throw new EOFException("connection closed by " + host);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
