package dev.flywheel.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules for every file of the repository that no compiler checks. */
class TidyTest {
    private static final int JAVA_LINES_MAX = 500;

    /** This file names what it forbids. */
    private static final String ITSELF = "node/src/test/java/dev/flywheel/node/TidyTest.java";

    private static Path root;
    private static List<String> files;

    @BeforeAll
    static void listFiles() throws IOException, InterruptedException {
        Path at = Path.of("").toAbsolutePath();
        while (at.getParent() != null && !Files.exists(at.resolve(".git"))) {
            at = at.getParent();
        }
        root = at;
        Process git =
                new ProcessBuilder(
                                "git",
                                "ls-files",
                                "-z",
                                "--cached",
                                "--others",
                                "--exclude-standard")
                        .directory(root.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String listed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as("git ls-files in " + root).isZero();
        files = new ArrayList<>();
        for (String name : listed.split("\0")) {
            if (!name.equals(ITSELF) && Files.isRegularFile(root.resolve(name))) {
                files.add(name);
            }
        }
        assertThat(files).hasSizeGreaterThan(50);
    }

    private static boolean isText(String name) {
        return !name.matches(".*\\.(wasm|gz|bin|png|jar|ico)$") && !name.equals("LICENSE");
    }

    private static Predicate<String> java() {
        return name -> name.endsWith(".java");
    }

    private static Predicate<String> tests() {
        return name -> name.contains("/src/test/java/");
    }

    /** Lines of the chosen files that hold the pattern, each as {@code file:line: text}. */
    private static List<String> found(Predicate<String> chosen, String pattern) throws IOException {
        Pattern wanted = Pattern.compile(pattern);
        List<String> found = new ArrayList<>();
        for (String name : files) {
            if (!isText(name) || !chosen.test(name)) {
                continue;
            }
            String text = Files.readString(root.resolve(name), StandardCharsets.ISO_8859_1);
            int number = 0;
            for (String line : text.split("\n", -1)) {
                number++;
                if (wanted.matcher(line).find()) {
                    found.add(name + ":" + number + ": " + line.strip());
                }
            }
        }
        return found;
    }

    @Test
    void shouldKeepJavaFilesShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (String name : files) {
            if (name.endsWith(".java")) {
                long lines = Files.readString(root.resolve(name)).lines().count();
                if (lines > JAVA_LINES_MAX) {
                    tooLong.add(name + ": " + lines + " lines");
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void shouldLeaveNothingToDo() throws IOException {
        assertThat(found(name -> true, "\\b(TODO|FIXME|XXX)\\b(?!:\\s*#\\d)")).isEmpty();
    }

    @Test
    void shouldWaitForWhatHappensAndNotForTime() throws IOException {
        assertThat(found(java().and(tests()), "Thread\\.sleep|TimeUnit\\.\\w+\\.sleep")).isEmpty();
    }

    @Test
    void shouldDisableNoTest() throws IOException {
        assertThat(found(java().and(tests()), "@Disabled")).isEmpty();
    }

    @Test
    void shouldPrintOnlyFromTheCommandLine() throws IOException {
        assertThat(
                        found(
                                java().and(
                                                name ->
                                                        !name.contains("/node/cli/")
                                                                && !name.startsWith("jmh/")),
                                "System\\.(out|err)\\.print|printStackTrace\\("))
                .isEmpty();
    }

    @Test
    void shouldNeverFreeNativeMemoryFromACleaner() throws IOException {
        assertThat(
                        found(
                                java().and(tests().negate()),
                                "java\\.lang\\.ref\\.Cleaner|Cleaner\\.create"))
                .isEmpty();
    }

    @Test
    void shouldNameTypesByWhatTheyAre() throws IOException {
        assertThat(
                        found(
                                java(),
                                "\\b(class|interface|record|enum) \\w*(Manager|Helper|Util|Utils|Impl)\\b"))
                .isEmpty();
    }

    @Test
    void shouldHoldNoPathsOfOneMachine() throws IOException {
        assertThat(found(name -> true, "(^|[\\s\"'=(])/(root|work|home/[a-z]+)/[\\w.]")).isEmpty();
    }

    @Test
    void shouldEndEveryTextFileWithALineEnd() throws IOException {
        List<String> open = new ArrayList<>();
        for (String name : files) {
            if (isText(name)) {
                byte[] bytes = Files.readAllBytes(root.resolve(name));
                if (bytes.length > 0 && bytes[bytes.length - 1] != '\n') {
                    open.add(name);
                }
            }
        }
        assertThat(open).isEmpty();
    }

    @Test
    void shouldGiveEveryPackageItsSentence() {
        List<String> without = new ArrayList<>();
        for (String name : files) {
            if (name.endsWith(".java") && name.contains("/src/main/java/")) {
                Path folder = Path.of(name).resolveSibling("package-info.java");
                if (!Files.exists(root.resolve(folder)) && !without.contains(folder.toString())) {
                    without.add(folder.toString());
                }
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void shouldStartEveryNodeWithTheFlagsOfTheTests() throws IOException {
        String pom = Files.readString(root.resolve("pom.xml"));
        var flags = Pattern.compile("<flywheel.jvm.flags>(.*?)</flywheel.jvm.flags>").matcher(pom);
        assertThat(flags.find()).isTrue();
        List<String> options =
                Files.readString(root.resolve("node/src/main/dist/jvm.options"))
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
        assertThat(options).contains(flags.group(1).strip().split("\\s+"));
        assertThat(options.stream().filter(option -> option.startsWith("--")))
                .containsExactly(flags.group(1).strip().split("\\s+"));
    }
}
