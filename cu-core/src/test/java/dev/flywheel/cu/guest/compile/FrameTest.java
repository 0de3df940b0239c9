package dev.flywheel.cu.guest.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.cu.guest.compile.Frame.Kind;
import dev.flywheel.cu.guest.compile.Frame.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static byte[] written(Frame frame) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frame.write(out);
        return out.toByteArray();
    }

    private static Frame read(byte[] bytes) throws IOException {
        return Frame.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        for (Kind kind : Kind.values()) {
            byte[] payload = {1, 2, 3, 4};
            Frame frame = read(written(new Frame(kind, 1L << 40, payload)));
            assertThat(frame.kind()).isEqualTo(kind);
            assertThat(frame.request()).isEqualTo(1L << 40);
            assertThat(frame.payload()).isEqualTo(payload);
        }
    }

    @Test
    void shouldRefuseEveryCutAndEveryLengthBeyondTheKinds() throws IOException {
        byte[] whole = written(Frame.of(Kind.REFUSED, 1, "why"));
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
        }
        byte[] unknown = whole.clone();
        unknown[0] = 0;
        assertThatThrownBy(() -> read(unknown)).isInstanceOf(ProtocolException.class);
        byte[] long1 = whole.clone();
        long1[9] = 1; // 16 MiB
        assertThatThrownBy(() -> read(long1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("max=4096");
        byte[] negative = whole.clone();
        negative[9] = -1;
        assertThatThrownBy(() -> read(negative)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void shouldCutLongTextsAndRefuseToWriteLongPayloads() throws IOException {
        Frame frame = read(written(Frame.of(Kind.REFUSED, 1, "é".repeat(10_000))));
        assertThat(frame.text()).startsWith("éé").hasSizeLessThanOrEqualTo(2_049);
        Frame large = new Frame(Kind.PREPARED, 1, new byte[5]);
        assertThatThrownBy(() -> written(large)).isInstanceOf(ProtocolException.class);
    }
}
