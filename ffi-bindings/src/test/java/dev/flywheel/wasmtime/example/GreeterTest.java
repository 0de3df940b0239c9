package dev.flywheel.wasmtime.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flywheel.wasmtime.LiveObjectsCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveObjectsCheck.class)
class GreeterTest {

    @Test
    void shouldDoWhatTheReadmeSays() throws Exception {
        assertThat(Greeter.run())
                .containsExactly(
                        "guest says hello",
                        "sum is 42",
                        "guest stopped: INTEGER_DIVISION_BY_ZERO, integer divide by zero");
    }

    @Test
    void shouldBeTheReadmesExampleLetterForLetter() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        String example = readme.substring(start, readme.indexOf("```", start));
        String source =
                Files.readString(
                        Path.of("src/test/java/dev/flywheel/wasmtime/example/Greeter.java"));
        assertThat(example).isEqualTo(source);
    }
}
