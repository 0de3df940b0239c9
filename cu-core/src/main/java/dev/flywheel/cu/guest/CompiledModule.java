package dev.flywheel.cu.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flywheel.wasmtime.CompileException;
import dev.flywheel.wasmtime.Engine;
import dev.flywheel.wasmtime.Module;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A module in native code, and what the engine does not tell of it.
 *
 * @param gasGlobal the export that holds the gas left; empty where no gas is counted
 */
record CompiledModule(Module module, String gasGlobal) {

    /** Bytes for {@link #ofArtefact}: length and name of the gas global, then the engine's. */
    byte[] toArtefact() {
        byte[] name = gasGlobal.getBytes(UTF_8);
        byte[] code = module.serialize();
        return ByteBuffer.allocate(Integer.BYTES + name.length + code.length)
                .putInt(name.length)
                .put(name)
                .put(code)
                .array();
    }

    /**
     * From bytes that are known to be our own.
     *
     * @throws CompileException when they are not for this engine
     */
    static CompiledModule ofArtefact(byte[] artefact, Engine engine) {
        ByteBuffer bytes = ByteBuffer.wrap(artefact);
        byte[] name = new byte[bytes.getInt()];
        bytes.get(name);
        byte[] code = Arrays.copyOfRange(artefact, bytes.position(), artefact.length);
        return new CompiledModule(engine.deserialize(code), new String(name, UTF_8));
    }
}
