package dev.flywheel.node.cli;

import dev.flywheel.cu.module.binary.ModuleLimits;
import dev.flywheel.node.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a program's file, and says what is wrong with it. */
final class ModuleFile {
    private ModuleFile() {}

    /**
     * Its bytes; whether they make a module is not looked at, but for the first four.
     *
     * @throws ConfigurationException when it cannot be read, is far too large, or is no wasm
     */
    static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > ModuleLimits.MODULE_BYTES_MAX) {
                throw new ConfigurationException(
                        "file %s is too large: bytes=%d max=%d"
                                .formatted(file, size, ModuleLimits.MODULE_BYTES_MAX));
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length < 8
                    || bytes[0] != 0
                    || bytes[1] != 'a'
                    || bytes[2] != 's'
                    || bytes[3] != 'm') {
                throw new ConfigurationException(
                        "file %s is not a wasm program: offset=0".formatted(file));
            }
            return bytes;
        } catch (IOException e) {
            throw new ConfigurationException(
                    "file %s cannot be read (%s)".formatted(file, e.getMessage()));
        }
    }
}
