package dev.flywheel.cu.unit.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flywheel.protocol.Tags;
import org.junit.jupiter.api.Test;

class CronScheduleTest {
    @Test
    void shouldReadIntervalsWithTheirTagsInOrder() {
        CronSchedule schedule =
                CronSchedule.of(
                        Tags.ofPairs(
                                "Foo", "Bar",
                                "Cron-Interval", "10-blocks",
                                "Cron-Tag-Foo", "Bar",
                                "Cron-Tag-Another", "Tag",
                                "Random", "Tag",
                                "Cron-Interval", " 10-minutes ",
                                "Cron-Tag-Foo", "Bar 2",
                                "Cron-Tag-Another", "Tag 2",
                                "Cron-Interval", "1 hour",
                                "Another", "Tag"));
        assertThat(schedule.byBlock())
                .containsExactly(
                        new CronSchedule.Cron(
                                "10-blocks", 10, Tags.ofPairs("Foo", "Bar", "Another", "Tag")));
        assertThat(schedule.byTime())
                .containsExactly(
                        new CronSchedule.Cron("1 hour", 0, Tags.EMPTY),
                        new CronSchedule.Cron(
                                " 10-minutes ",
                                600,
                                Tags.ofPairs("Foo", "Bar 2", "Another", "Tag 2")));
    }

    @Test
    void shouldFindNothingWithoutCronTags() {
        assertThat(CronSchedule.of(Tags.ofPairs("Foo", "Bar")).isEmpty()).isTrue();
    }

    @Test
    void shouldUnderstandTheUnitsOfTheReference() {
        assertThat(seconds("1-second")).isEqualTo(1);
        assertThat(seconds("30-Seconds")).isEqualTo(30);
        assertThat(seconds("1.5-minutes")).isEqualTo(90);
        assertThat(seconds("2-hrs")).isEqualTo(7_200);
        assertThat(seconds("1-day")).isEqualTo(86_400);
        assertThat(seconds("1-week")).isEqualTo(7 * 86_400);
        assertThat(seconds("1-year")).isEqualTo(31_557_600);
        assertThat(seconds("2500-ms")).isEqualTo(2);
        assertThat(seconds("3-months")).isZero(); // not understood there: never fires
        assertThat(seconds("x-minutes")).isZero();
    }

    private static long seconds(String interval) {
        return CronSchedule.of(Tags.ofPairs("Cron-Interval", interval)).byTime().getFirst().every();
    }

    @Test
    void shouldRefuseWhatTheReferenceRefuses() {
        assertThatThrownBy(() -> seconds("500-Milliseconds"))
                .hasMessage("time-based cron cannot be less than 1 second");
        assertThatThrownBy(() -> CronSchedule.of(Tags.ofPairs("Cron-Tag-Foo", "x")))
                .hasMessage("Unmatched Cron-Tag with no preceding Cron-Interval: Cron-Tag-Foo");
    }

    @Test
    void shouldNeverFireBlocksWithoutANumber() {
        for (String value : new String[] {"x-blocks", "0-block", "-5-blocks", "-blocks"}) {
            CronSchedule schedule = CronSchedule.of(Tags.ofPairs("Cron-Interval", value));
            for (CronSchedule.Cron cron : schedule.byBlock()) {
                assertThat(cron.firesAt(10)).as(value).isFalse();
            }
        }
    }

    @Test
    void shouldFireByDistanceFromTheOriginButNotThere() {
        var cron = new CronSchedule.Cron("5-blocks", 5, Tags.EMPTY);
        assertThat(cron.firesAt(125_000 - 123_455)).isTrue();
        assertThat(cron.firesAt(123_457 - 123_455)).isFalse();
        assertThat(cron.firesAt(0)).isFalse();
    }
}
