package dev.flywheel.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds besides where a memory that wakes is mapped from what it was put away as. */
abstract class MappedSleepingMemoryContract extends SleepingMemoryContract {

    @Test
    void shouldTellPagesThatChangeFromThoseThatAreOnlyRead() throws IOException {
        Random random = new Random(3);
        try (Sleeper sleeper = new Sleeper()) {
            sleeper.change(3_000, PAGES, random);
            sleeper.point.take(sleeper.memory.view());
            sleeper.nap(null);
            sleeper.memory.bytes(); // reads each
            sleeper.memory.change(7, random);
            sleeper.memory.change(2_000, random);
            assertThat(sleeper.point.take(sleeper.memory.view())).isEqualTo(2 * PAGE);
            assertThat(sleeper.point.keptBytes()).isLessThan(40 * PAGE);
        }
    }

    @Test
    void shouldWriteNothingForOneThatOnlyWoke() throws IOException {
        Random random = new Random(4);
        try (Sleeper sleeper = new Sleeper()) {
            sleeper.change(20, PAGES, random);
            sleeper.point.take(sleeper.memory.view());
            byte[] good = sleeper.memory.bytes();
            SleepingMemory asleep = sleeper.sleep(null);
            List<Path> before = list();
            sleeper.wake(asleep);
            sleeper.point.take(sleeper.memory.view());
            assertThat(sleeper.sleep(null)).isSameAs(asleep);
            assertThat(list()).isEqualTo(before);
            sleeper.wake(asleep);
            assertThat(sleeper.memory.bytes()).isEqualTo(good);
        }
    }
}
