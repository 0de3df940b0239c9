package dev.flywheel.cu.guest.hostile;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A binary as its sections, which can be spoiled one by one. */
final class Binary {

    static final String HEADER = "0061736d01000000";

    /** A section: its number and its contents. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Section(int number, byte[] content) {

        byte[] bytes() {
            return sized(number, content.length, content);
        }
    }

    final List<Section> sections = new ArrayList<>();

    /** Of a valid binary. */
    static Binary of(byte[] wasm) {
        Binary binary = new Binary();
        int at = 8;
        while (at < wasm.length) {
            int number = wasm[at++];
            int size = 0;
            int shift = 0;
            int b;
            do {
                b = wasm[at++];
                size |= (b & 0x7f) << shift;
                shift += 7;
            } while (b < 0);
            binary.sections.add(new Section(number, Arrays.copyOfRange(wasm, at, at + size)));
            at += size;
        }
        return binary;
    }

    /** The sections, with the bytes of the one at {@code place} replaced. */
    byte[] replaced(int place, byte[] bytes) {
        WasmOutput out = new WasmOutput(256).bytes(Bytes.of(hex(HEADER)));
        for (int i = 0; i < sections.size(); i++) {
            out.bytes(Bytes.of(i == place ? bytes : sections.get(i).bytes()));
        }
        return out.toArray();
    }

    byte[] bytes() {
        return replaced(-1, new byte[0]);
    }

    /** A section whose size is said to be that, whatever it is. */
    static byte[] sized(int number, long size, byte[] content) {
        return new WasmOutput(16).u8(number).unsigned(size).bytes(Bytes.of(content)).toArray();
    }

    static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
