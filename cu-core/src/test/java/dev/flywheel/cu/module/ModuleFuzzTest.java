package dev.flywheel.cu.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.cu.module.binary.MalformedModuleException;
import dev.flywheel.cu.module.binary.ModuleCheck;
import dev.flywheel.cu.module.binary.ModuleReader;
import dev.flywheel.cu.module.binary.ModuleWriter;
import dev.flywheel.cu.module.binary.WasmModule;
import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Broken modules, by seed: each is refused by the one exception, which says where, or what is made
 * of it can be read again; and of a valid module a valid one is made.
 *
 * <p>Some hundred mutants; more of them, over all modules together, with {@code
 * -Dsurefire.extra.args=-Dmodule.mutants=100000}.
 */
class ModuleFuzzTest {

    private static final int MUTANTS = Integer.getInteger("module.mutants", 0);
    private static final int GUEST_MUTANTS = 25;
    private static final int REAL_MUTANTS = 10;

    private static final List<String> GUESTS =
            List.of("32/catcher", "64/catcher", "32/misbehaver", "64/misbehaver", "64/toucher");

    static List<String> modules() {
        List<String> all = new ArrayList<>(GUESTS);
        all.addAll(Samples.realNames());
        return all;
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldRefuseOrRewriteMutants(String name) {
        int few = GUESTS.contains(name) ? GUEST_MUTANTS : REAL_MUTANTS;
        mutate(name, Math.max(few, (int) (MUTANTS * share(name))));
    }

    /** Small modules get more of them, since most of what is read is code like any other. */
    private static double share(String name) {
        double all = 0;
        for (String each : modules()) {
            all += 1 / Math.sqrt(Samples.wasm(each).length);
        }
        return 1 / Math.sqrt(Samples.wasm(name).length) / all;
    }

    private static void mutate(String name, int mutants) {
        byte[] wasm = Samples.wasm(name);
        int[] sections = sections(wasm);
        Bench.use(
                bench -> {
                    int refused = 0;
                    int taken = 0;
                    for (int seed = 0; seed < mutants; seed++) {
                        Random random = new Random(seed);
                        byte[] mutant =
                                seed % 3 == 0
                                        ? nearlyRight(wasm, random)
                                        : mutant(wasm, sections, random);
                        boolean metered = (seed & 1) != 0;
                        boolean narrowed = (seed & 2) != 0;
                        try {
                            check(bench, mutant, new PreparationOptions(metered, narrowed));
                            taken++;
                        } catch (MalformedModuleException e) {
                            assertThat(e.offset()).as("offset").isBetween(0L, (long) mutant.length);
                            assertThat(e).hasMessageEndingWith(" offset=" + e.offset());
                            refused++;
                        } catch (RuntimeException | Error e) {
                            throw new AssertionError(
                                    "mutant fails: module=" + name + " seed=" + seed, e);
                        }
                    }
                    assertThat(refused).as("refused").isPositive();
                    assertThat(taken).as("taken").isPositive();
                });
    }

    private static void check(Bench bench, byte[] mutant, PreparationOptions options)
            throws MalformedModuleException {
        List<Pass> passes = ModulePipeline.passes(options);
        passes.remove(Pass.INTERRUPT); // behind it our reader takes nothing, but the engine does
        byte[] rewritten = RewrittenModule.of(mutant, passes).wasm();
        byte[] made = ModulePipeline.prepare(mutant, options).wasm();
        try {
            WasmModule again = ModuleReader.read(rewritten);
            ModuleCheck.rewritten(again);
            assertThat(ModuleWriter.write(again)).isEqualTo(rewritten);
        } catch (MalformedModuleException e) {
            throw new AssertionError("what was rewritten cannot be read", e);
        }
        if (isValid(bench.engine, mutant)) {
            bench.engine.validate(made);
        }
    }

    private static boolean isValid(Engine engine, byte[] wasm) {
        try {
            engine.validate(wasm);
            return true;
        } catch (CompileException e) {
            return false;
        }
    }

    /** Where sections start, and where the binary ends. */
    private static int[] sections(byte[] wasm) {
        List<Integer> starts = new ArrayList<>();
        int at = 8;
        while (at < wasm.length) {
            starts.add(at);
            at++;
            int size = 0;
            int shift = 0;
            do {
                size |= (wasm[at] & 0x7f) << shift;
                shift += 7;
            } while (wasm[at++] < 0);
            at += size;
        }
        starts.add(wasm.length);
        return starts.stream().mapToInt(i -> i).toArray();
    }

    /** In half of all cases each section is as likely, else each byte, which is mostly code. */
    private static int place(int length, int[] sections, Random random) {
        int section = random.nextInt(sections.length - 1);
        int from = sections[section];
        int to = sections[section + 1];
        if (random.nextBoolean() || to > length) {
            return random.nextInt(length);
        }
        boolean head = random.nextInt(4) == 0;
        return from + random.nextInt(head ? Math.min(8, to - from) : to - from);
    }

    /** One byte becomes the next: nearly always in code or data, and often still valid. */
    private static byte[] nearlyRight(byte[] wasm, Random random) {
        byte[] mutant = wasm.clone();
        mutant[random.nextInt(wasm.length)]++;
        return mutant;
    }

    /**
     * One change in most cases, else up to four: bytes set, numbers made huge, ranges cut out,
     * doubled or zeroed.
     */
    private static byte[] mutant(byte[] wasm, int[] sections, Random random) {
        byte[] mutant = wasm.clone();
        for (int changes = 1 + random.nextInt(2) * random.nextInt(4); changes > 0; changes--) {
            int at = place(mutant.length, sections, random);
            int length = Math.min(random.nextInt(64), mutant.length - at);
            switch (random.nextInt(10)) {
                case 0, 7 -> mutant[at] = (byte) random.nextInt();
                case 1, 8 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 2, 9 -> mutant[at] = (byte) (mutant[at] + (random.nextBoolean() ? 1 : -1));
                case 3 -> Arrays.fill(mutant, at, at + Math.min(length, 5), (byte) 0xff);
                case 4 -> mutant = Arrays.copyOf(mutant, Math.max(1, at));
                case 5 -> {
                    byte[] cut = Arrays.copyOf(mutant, mutant.length - length);
                    System.arraycopy(mutant, at + length, cut, at, mutant.length - at - length);
                    mutant = cut;
                }
                default -> {
                    byte[] copy = Arrays.copyOfRange(mutant, at, at + length);
                    int to = random.nextInt(mutant.length - length + 1);
                    System.arraycopy(copy, 0, mutant, to, length);
                }
            }
        }
        return mutant;
    }

    /** Bytes with no structure at all behind a header and one section's start. */
    @Test
    void shouldRefuseNoise() {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[8 + random.nextInt(60)];
            random.nextBytes(noise);
            System.arraycopy(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0}, 0, noise, 0, 8);
            if (noise.length > 10) {
                noise[8] = (byte) random.nextInt(14);
                noise[9] = (byte) (noise.length - 10);
            }
            try {
                byte[] made = ModulePipeline.prepare(noise, PreparationOptions.UNMETERED).wasm();
                assertThat(made).isNotEmpty();
            } catch (MalformedModuleException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(15_000);
    }
}
