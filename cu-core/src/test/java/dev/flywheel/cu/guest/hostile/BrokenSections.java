package dev.flywheel.cu.guest.hostile;

import static dev.flywheel.cu.guest.hostile.Binary.hex;
import static dev.flywheel.cu.guest.hostile.Binary.joined;
import static dev.flywheel.cu.guest.hostile.Binary.sized;
import static dev.flywheel.cu.guest.hostile.HostileModule.refused;

import dev.flywheel.cu.guest.hostile.Binary.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Each section of a good module, spoiled in each of the ways that any section can be. */
final class BrokenSections {

    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(0, "custom"),
                    Map.entry(1, "type"),
                    Map.entry(2, "import"),
                    Map.entry(3, "function"),
                    Map.entry(4, "table"),
                    Map.entry(5, "memory"),
                    Map.entry(6, "global"),
                    Map.entry(7, "export"),
                    Map.entry(8, "start"),
                    Map.entry(9, "element"),
                    Map.entry(10, "code"),
                    Map.entry(11, "data"),
                    Map.entry(12, "data count"),
                    Map.entry(13, "tag"));

    /** What is noticed where it is not the missing byte itself. */
    private static final Map<Integer, String> SHORTER =
            Map.of(
                    1,
                    "more values of a type than bytes",
                    3,
                    "more functions than bytes",
                    6,
                    "constant expression without end",
                    9,
                    "more table entries than bytes");

    private static final int CUSTOM = 0;
    private static final int TYPE = 1;
    private static final int FUNCTION = 3;
    private static final int START = 8;
    private static final int CODE = 10;
    private static final int DATA_COUNT = 12;

    private BrokenSections() {}

    private static Binary good() {
        byte[] wasm =
                new AoModule()
                        .with("passive", "(data $later \"abc\")")
                        .with(
                                "init",
                                "(func (memory.init $later (i64.const 0) (i32.const 0) (i32.const 1)))")
                        .with("custom", "(@custom \"note\" (after data) \"x\")")
                        .wasm();
        return Binary.of(wasm);
    }

    static List<HostileModule> all() {
        Binary good = good();
        List<HostileModule> all = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        for (int place = 0; place < good.sections.size(); place++) {
            Section section = good.sections.get(place);
            if (!seen.contains(section.number())) { // wat2wasm adds a custom section of names
                seen.add(section.number());
                sizes(good, place, all);
                if (section.number() != CUSTOM) {
                    order(good, place, all);
                    counts(good, place, all);
                }
            }
        }
        if (seen.size() != NAMES.size()) {
            throw new IllegalStateException("sections are missing: " + seen);
        }
        return all;
    }

    private static void add(
            List<HostileModule> all, Section section, String how, byte[] wasm, String reason) {
        String name = NAMES.get(section.number()) + " section, " + how;
        all.add(refused(name, wasm, reason, " offset="));
    }

    private static void sizes(Binary good, int place, List<HostileModule> all) {
        Section section = good.sections.get(place);
        int number = section.number();
        byte[] content = section.content();
        byte[] whole = good.bytes();
        int end = good.replaced(place, new byte[0]).length; // as much as stands without it
        int before = 8;
        for (int i = 0; i < place; i++) {
            before += good.sections.get(i).bytes().length;
        }
        int length = section.bytes().length;
        assert whole.length == end + length;
        add(all, section, "cut off", Arrays.copyOf(whole, before + length - 1), "unexpected end");
        add(
                all,
                section,
                "cut off behind its number",
                Arrays.copyOf(whole, before + 1),
                "unexpected end");
        add(
                all,
                section,
                "beyond the end",
                good.replaced(place, sized(number, content.length + 1_000_000, content)),
                "unexpected end: wanted=");
        add(
                all,
                section,
                "of 4 GiB",
                good.replaced(place, sized(number, 0xffff_ffffL, content)),
                "number too large: value=4294967295");
        add(
                all,
                section,
                "size of six bytes",
                good.replaced(place, joined(new byte[] {(byte) number}, hex("808080808000"))),
                "number of more than 32 bits");
        if (number == CUSTOM) {
            add(
                    all,
                    section,
                    "empty",
                    good.replaced(place, sized(number, 0, new byte[0])),
                    "unexpected end");
            return;
        }
        add(
                all,
                section,
                "one byte too long",
                good.replaced(
                        place, sized(number, content.length + 1, joined(content, new byte[1]))),
                "section is longer than what it holds: number=" + number);
        add(
                all,
                section,
                "one byte too short",
                good.replaced(place, sized(number, content.length - 1, content)),
                SHORTER.getOrDefault(number, "unexpected end"));
        add(
                all,
                section,
                "empty",
                good.replaced(place, sized(number, 0, new byte[0])),
                "unexpected end");
    }

    private static void order(Binary good, int place, List<HostileModule> all) {
        Section section = good.sections.get(place);
        byte[] bytes = section.bytes();
        String reason = "section unknown, doubled or out of order: number=";
        add(
                all,
                section,
                "twice",
                good.replaced(place, joined(bytes, bytes)),
                reason + section.number());
        Binary moved = good();
        if (section.number() == TYPE) {
            moved.sections.add(3, moved.sections.remove(place));
        } else {
            moved.sections.addFirst(moved.sections.remove(place));
        }
        // Bodies without declarations are noticed before the order is.
        String moves =
                section.number() == CODE ? "function bodies and declarations differ" : reason;
        add(all, section, "out of order", moved.bytes(), moves);
    }

    private static void counts(Binary good, int place, List<HostileModule> all) {
        Section section = good.sections.get(place);
        int number = section.number();
        if (number == START) {
            return; // no count
        }
        byte[] content = section.content();
        byte[] rest = Arrays.copyOfRange(content, 1, content.length);
        String many = number == DATA_COUNT ? "data segments are miscounted" : "too many ";
        add(
                all,
                section,
                "two thousand million entries",
                good.replaced(place, new Section(number, joined(hex("ffffffff07"), rest)).bytes()),
                many);
        add(
                all,
                section,
                "count without end",
                good.replaced(place, new Section(number, joined(hex("ffffffffff"), rest)).bytes()),
                "number of more than 32 bits");
        byte[] more = content.clone();
        more[0]++;
        String missing =
                switch (number) {
                    case CODE -> "function bodies and declarations differ";
                    case DATA_COUNT -> "data segments are miscounted";
                    case 5 -> "too many memories: count=2";
                    default -> "unexpected end";
                };
        add(
                all,
                section,
                "one entry too few",
                good.replaced(place, new Section(number, more).bytes()),
                number == FUNCTION ? "more functions than bytes" : missing);
        byte[] fewer = content.clone();
        fewer[0]--;
        String left =
                switch (number) {
                    case CODE -> "function bodies and declarations differ";
                    case DATA_COUNT -> "data segments are miscounted";
                    default -> "section is longer than what it holds";
                };
        add(
                all,
                section,
                "one entry too many",
                good.replaced(place, new Section(number, fewer).bytes()),
                left);
    }
}
