package dev.flywheel.node.publish;

import dev.flywheel.protocol.Id;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/**
 * The real AO modules that {@code make modules} fetches: names, checksums, and the ids that clients
 * have built in.
 */
public final class ModuleCatalogue {
    private static final String RESOURCE = "/dev/flywheel/modules/modules.properties";

    /** The aos module that the aos client spawns by default. */
    public static final String AOS = "aos2_0_6";

    /**
     * One module.
     *
     * @param name its file is {@code name.wasm}
     * @param sha256 of the file, lower-case hex
     * @param format value of its Module-Format tag
     * @param ids under which clients ask for it
     */
    public record Module(String name, String sha256, String format, List<Id> ids) {}

    private ModuleCatalogue() {}

    /** All modules, in the order of the file. */
    public static List<Module> modules() {
        Properties pins = new Properties();
        try (InputStream in = ModuleCatalogue.class.getResourceAsStream(RESOURCE)) {
            pins.load(Objects.requireNonNull(in, RESOURCE + " is missing from the class path"));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
        List<Module> modules = new ArrayList<>();
        for (String name : pins.getProperty("modules", "").split(",")) {
            List<Id> ids =
                    Arrays.stream(pins.getProperty(name + ".ids", "").split(","))
                            .filter(id -> !id.isBlank())
                            .map(String::strip)
                            .map(Id::parse)
                            .toList();
            modules.add(
                    new Module(
                            name,
                            required(pins, name + ".sha256"),
                            required(pins, name + ".format"),
                            ids));
        }
        return modules;
    }

    private static String required(Properties pins, String key) {
        return Objects.requireNonNull(pins.getProperty(key), RESOURCE + " lacks " + key);
    }
}
