package dev.flywheel.wasmtime.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Java's layouts against what a C compiler printed for the headers ({@code make native-layout}).
 */
class LayoutsTest {

    @Test
    void shouldEqualTheCompilersLayouts() throws IOException {
        Map<String, String> java = new TreeMap<>();
        for (GroupLayout layout : Layouts.ALL) {
            String name = layout.name().orElseThrow();
            java.put("sizeof." + name, Long.toString(layout.byteSize()));
            java.put("alignof." + name, Long.toString(layout.byteAlignment()));
            for (MemoryLayout member : layout.memberLayouts()) {
                if (!(member instanceof PaddingLayout)) {
                    String m = member.name().orElseThrow();
                    java.put(
                            "offsetof." + name + "." + m, Long.toString(Layouts.offset(layout, m)));
                }
            }
        }
        assertThat(java).isEqualTo(printed());
    }

    private static Map<String, String> printed() throws IOException {
        Properties properties = new Properties();
        try (InputStream in =
                LayoutsTest.class.getResourceAsStream(
                        "/dev/flywheel/nativelib/layout.properties")) {
            properties.load(in);
        }
        Map<String, String> printed = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> printed.put(key, properties.getProperty(key)));
        printed.remove("wasmtime.version");
        return printed;
    }
}
