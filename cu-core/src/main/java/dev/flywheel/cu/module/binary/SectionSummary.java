package dev.flywheel.cu.module.binary;

import java.util.ArrayList;
import java.util.List;

/**
 * A section as it stands in a binary, before anything of its contents is looked at.
 *
 * @param name what the specification calls it, or a custom section's own name
 * @param offset of its first byte, which is its number
 * @param bytes of its contents
 * @param count how many entries it says it has; -1 where it has no count
 */
public record SectionSummary(int number, String name, long offset, long bytes, long count) {

    private static final int HEADER_BYTES = 8;

    private static final List<String> NAMES =
            List.of(
                    "custom",
                    "type",
                    "import",
                    "function",
                    "table",
                    "memory",
                    "global",
                    "export",
                    "start",
                    "element",
                    "code",
                    "data",
                    "datacount",
                    "tag");

    /** Sections up to the first thing that is no section; as many as a module may have at most. */
    public static List<SectionSummary> of(byte[] wasm) {
        List<SectionSummary> all = new ArrayList<>();
        if (wasm.length < HEADER_BYTES) {
            return all;
        }
        WasmInput in = new WasmInput(Bytes.of(wasm, HEADER_BYTES, wasm.length));
        int most = ModuleLimits.CUSTOM_SECTIONS_MAX + NAMES.size();
        try {
            while (in.hasMore() && all.size() < most) {
                int offset = in.position();
                int number = in.u8();
                all.add(of(number, offset, in.sized()));
            }
        } catch (MalformedModuleException e) {
            return all; // the reader says what is wrong; these are the sections before it
        }
        return all;
    }

    private static SectionSummary of(int number, int offset, Bytes content)
            throws MalformedModuleException {
        WasmInput in = new WasmInput(content);
        if (number == WasmModule.CUSTOM) {
            return new SectionSummary(number, in.name(), offset, content.length(), -1);
        }
        String name = number < NAMES.size() ? NAMES.get(number) : "unknown";
        long count = number == WasmModule.START ? -1 : in.u32();
        return new SectionSummary(number, name, offset, content.length(), count);
    }
}
