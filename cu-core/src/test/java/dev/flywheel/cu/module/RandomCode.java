package dev.flywheel.cu.module;

import dev.flywheel.cu.module.RandomModule.Flavour;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The code of one function {@code (i32) -> i32}, at random but valid: it knows what the open labels
 * take. Loops end, since each turn takes from a global; functions call only later ones.
 */
final class RandomCode {

    private static final int I32 = 0x7f;
    private static final int EMPTY = 0x40;

    /** What a label is: where a catch's exception can be thrown again, and what branches take. */
    private record Label(boolean takesValue, boolean isCatch) {}

    private final Random random;
    private final Flavour flavour;
    private final RandomModule module;
    private final int self;
    final WasmOutput out = new WasmOutput(1024);
    private final RandomAccesses accesses = new RandomAccesses(this);
    private final List<Label> labels = new ArrayList<>();
    private int budget;

    RandomCode(RandomModule module, Flavour flavour, int self, Random random) {
        this.module = module;
        this.flavour = flavour;
        this.self = self;
        this.random = random;
        this.budget = 60 + random.nextInt(100);
    }

    /** Two locals, then code with its end. */
    byte[] body() {
        out.u8(1).u8(2).u8(I32);
        labels.add(new Label(true, false));
        statements(5);
        expression(4);
        return out.u8(0x0b).toArray();
    }

    int pick(int bound) {
        return random.nextInt(bound);
    }

    RandomCode constant(int value) {
        out.u8(0x41).signed(value);
        return this;
    }

    private void open(int opcode, boolean takesValue) {
        out.u8(opcode).u8(takesValue ? I32 : EMPTY);
        labels.add(new Label(takesValue && opcode != 0x03, false));
    }

    private void end() {
        out.u8(0x0b);
        labels.removeLast();
    }

    // Expressions, which leave an i32 ---------------------------------------------------------

    void expression(int depth) {
        if (depth <= 0 || budget-- <= 0) {
            leaf();
            return;
        }
        switch (pick(12)) {
            case 0, 1 -> leaf();
            case 2, 3 -> binary(depth);
            case 4 -> {
                expression(depth - 1);
                out.u8(new int[] {0x45, 0x67, 0x68, 0x69, 0xc0, 0xc1}[pick(6)]);
            }
            case 5 -> wider(depth);
            case 6 -> {
                if (self + 1 < module.functions()) {
                    expression(depth - 1);
                    out.u8(0x10)
                            .unsigned(
                                    module.function(
                                            self + 1 + pick(module.functions() - self - 1)));
                } else {
                    leaf();
                }
            }
            case 7 -> {
                expression(depth - 1);
                open(0x04, true);
                expression(depth - 1);
                out.u8(0x05);
                expression(depth - 1);
                end();
            }
            case 8 -> {
                open(0x02, true);
                statements(depth - 1);
                expression(depth - 1);
                end();
            }
            default -> special(depth);
        }
    }

    private void leaf() {
        switch (pick(5)) {
            case 0 -> constant(pick(40) - 8);
            case 1 -> constant(random.nextBoolean() ? Integer.MIN_VALUE : random.nextInt());
            case 2 -> out.u8(0x23).u8(0);
            default -> out.u8(0x20).u8(pick(3));
        }
    }

    private void binary(int depth) {
        expression(depth - 1);
        expression(depth - 1);
        // Comparisons and arithmetic; division seldom, since it traps.
        out.u8(
                pick(10) == 0
                        ? 0x6d + pick(4)
                        : pick(2) == 0
                                ? 0x46 + pick(10)
                                : new int[] {
                                            0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
                                            0x77, 0x78
                                        }
                                        [pick(11)]);
    }

    /** By way of i64, or of floats that are only compared: NaNs' bits differ between engines. */
    private void wider(int depth) {
        boolean floats = pick(2) == 0;
        expression(depth - 1);
        out.u8(floats ? 0xb7 : 0xac);
        if (floats && pick(3) == 0) {
            out.u8(0x99 + pick(7)); // abs to sqrt
        }
        expression(depth - 1);
        out.u8(floats ? 0xb7 + pick(2) : 0xac + pick(2));
        if (floats) {
            if (pick(2) == 0) {
                expression(0);
                out.u8(0xb7).u8(0xa0 + pick(6));
            }
            out.u8(0x61 + pick(6));
        } else {
            out.u8(
                    pick(12) == 0
                            ? 0x7f + pick(4)
                            : new int[] {
                                        0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                                        0x8a
                                    }
                                    [pick(11)]);
            out.u8(0xa7);
        }
    }

    private void special(int depth) {
        switch (flavour) {
            case LEGACY -> {
                if (pick(4) == 0) {
                    expression(depth - 1);
                    out.u8(0x02).u8(1); // (i32) -> i32
                    labels.add(new Label(true, false));
                    expression(depth - 1);
                    out.u8(0x6a);
                    end();
                } else {
                    attempt(depth, true);
                }
            }
            case LONGJMP -> protectedCall(depth);
            case NARROW -> accesses.load(depth);
            case GAS -> {
                expression(depth - 1);
                constant(255);
                out.u8(0x71);
                out.u8(0x2c + pick(4)).u8(0).unsigned(pick(65_600));
            }
        }
    }

    // Statements, which leave nothing ---------------------------------------------------------

    private void statements(int depth) {
        for (int count = pick(4); count >= 0; count--) {
            statement(depth);
        }
    }

    private void statement(int depth) {
        if (depth <= 0 || budget-- <= 0) {
            log(0);
            return;
        }
        switch (pick(13)) {
            case 0 -> {
                expression(depth - 1);
                out.u8(0x21).u8(pick(3));
            }
            case 1 -> {
                expression(depth - 1);
                out.u8(0x24).u8(0);
            }
            case 2 -> log(depth - 1);
            case 3 -> {
                expression(depth - 1);
                out.u8(0x1a);
            }
            case 4 -> {
                expression(depth - 1);
                open(0x04, false);
                statements(depth - 1);
                if (pick(2) == 0) {
                    out.u8(0x05);
                    statements(depth - 1);
                }
                end();
            }
            case 5 -> {
                open(0x02, false);
                statements(depth - 1);
                end();
            }
            case 6 -> loop(depth);
            case 7, 8 -> branch(depth);
            case 9 -> {
                expression(depth - 1);
                open(0x04, false);
                leave(depth - 1);
                end();
            }
            default -> specialStatement(depth);
        }
    }

    private void log(int depth) {
        expression(depth);
        out.u8(0x10).u8(0);
    }

    private void loop(int depth) {
        open(0x03, false);
        statements(depth - 1);
        out.u8(0x23).u8(1);
        constant(1);
        out.u8(0x6b).u8(0x24).u8(1);
        expression(1);
        out.u8(0x23).u8(1);
        constant(0);
        out.u8(0x4a).u8(0x71); // fuel > 0, and at random
        out.u8(0x0d).u8(0);
        end();
    }

    private void branch(int depth) {
        int label = pick(labels.size());
        boolean value = labels.get(labels.size() - 1 - label).takesValue();
        // Not back to a loop's head without its guard.
        if (!value && pick(4) == 0) {
            table(depth);
            return;
        }
        if (value) {
            expression(depth - 1);
        }
        guarded(depth);
        out.u8(0x0d).unsigned(label);
        if (value) {
            out.u8(0x1a);
        }
    }

    /** A condition that runs out of fuel, so that a branch back cannot go on for ever. */
    private void guarded(int depth) {
        out.u8(0x23).u8(1);
        constant(1);
        out.u8(0x6b).u8(0x24).u8(1);
        expression(depth - 1);
        constant(1);
        out.u8(0x71).u8(0x23).u8(1);
        constant(0);
        out.u8(0x4a).u8(0x71);
    }

    private void table(int depth) {
        List<Integer> fitting = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            if (!labels.get(labels.size() - 1 - label).takesValue()) {
                fitting.add(label);
            }
        }
        open(0x02, false);
        guarded(depth);
        out.u8(0x45).u8(0x0d).u8(0);
        expression(depth - 1);
        constant(3);
        out.u8(0x71).u8(0x0e);
        int count = pick(4);
        out.unsigned(count);
        for (int i = 0; i <= count; i++) {
            out.unsigned(fitting.get(pick(fitting.size())) + 1);
        }
        end();
    }

    /** Leaves the function or a handler for good. */
    private void leave(int depth) {
        switch (pick(6)) {
            case 0 -> out.u8(0x00);
            case 1 -> {
                expression(depth);
                out.u8(0x0f);
            }
            default -> {
                switch (flavour) {
                    case LEGACY -> {
                        if (!rethrow()) {
                            toss(depth);
                        }
                    }
                    case LONGJMP -> out.u8(0x10).unsigned(RandomModule.THROW);
                    default -> log(depth);
                }
            }
        }
    }

    private void specialStatement(int depth) {
        switch (flavour) {
            case LEGACY -> attempt(depth, false);
            case LONGJMP -> {
                protectedCall(depth);
                out.u8(0x21).u8(1 + pick(2));
                out.u8(0x23).u8(3).u8(0x10).u8(0); // what setThrew left
                out.u8(0x23).u8(2).u8(0x10).u8(0); // and where the stack is
                constant(0);
                out.u8(0x24).u8(3);
            }
            case NARROW -> accesses.store(depth);
            case GAS -> {
                expression(depth - 1);
                constant(255);
                out.u8(0x71);
                expression(depth - 1);
                out.u8(0x3a + pick(2)).u8(0).unsigned(pick(65_600));
            }
        }
    }

    // Exceptions ------------------------------------------------------------------------------

    private void toss(int depth) {
        int tag = pick(3);
        for (int i = 0; i < tag; i++) {
            expression(depth - 1);
        }
        out.u8(0x08).unsigned(tag);
    }

    private boolean rethrow() {
        List<Integer> caught = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            if (labels.get(labels.size() - 1 - label).isCatch()) {
                caught.add(label);
            }
        }
        if (caught.isEmpty() || pick(3) == 0) {
            return false;
        }
        out.u8(0x09).unsigned(caught.get(pick(caught.size())));
        return true;
    }

    private void attempt(int depth, boolean value) {
        open(0x06, value);
        statements(depth - 1);
        if (value) {
            expression(depth - 1);
        }
        if (pick(4) == 0) {
            labels.removeLast();
            out.u8(0x18).unsigned(pick(labels.size()));
            return;
        }
        labels.removeLast();
        labels.add(new Label(value, true));
        boolean[] used = new boolean[3];
        for (int count = pick(3); count > 0; count--) {
            int tag = pick(3);
            if (!used[tag]) {
                used[tag] = true;
                out.u8(0x07).unsigned(tag);
                for (int i = 0; i < tag; i++) {
                    out.u8(0x21).u8(pick(3));
                }
                handler(depth, value);
            }
        }
        if (pick(2) == 0) {
            out.u8(0x19);
            handler(depth, value);
        }
        end();
    }

    private void handler(int depth, boolean value) {
        statements(depth - 1);
        if (value) {
            expression(depth - 1);
        }
    }

    // longjmp ---------------------------------------------------------------------------------

    /** A call through the table that a longjmp may end; the stack moves meanwhile. */
    private void protectedCall(int depth) {
        if (self + 1 >= module.functions()) {
            leaf();
            return;
        }
        out.u8(0x23).u8(2);
        constant(16 * pick(4));
        out.u8(0x6b).u8(0x24).u8(2);
        constant(self + 1 + pick(module.functions() - self - 1));
        expression(depth - 1);
        out.u8(0x10).unsigned(RandomModule.INVOKE);
    }
}
