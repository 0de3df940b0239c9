// A host for HyperBEAM's own modules, after its devices wasi@1.0, wasm-64@1.0 and json-iface@1.0 (permaweb/HyperBEAM, May 2025:
// src/dev_wasi.erl, dev_wasm.erl, dev_json_iface.erl, hb_beamr_io.erl), on Node's engine, which runs the older exception
// instructions by itself. Nothing boots; arguments come by malloc; what it does not know answers 0.
// Protected calls (invoke_*) are emscripten's: HyperBEAM has none, and its modules that import them do not run there.

export async function hyperbeam (binary) {
  let exports
  const view = () => new DataView(exports.memory.buffer)
  const own = {
    fd_write: (fd, pieces, count, written) => {
      let total = 0n
      for (let i = 0n; i < count; i++) total += view().getBigUint64(Number(pieces + 16n * i + 8n), true)
      view().setBigUint64(Number(written), total, true)
      return 0
    },
    fd_read: (fd, pieces, count, got) => {
      view().setBigUint64(Number(got), 0n, true)
      return 0
    },
    clock_time_get: () => 1,
    invoke_vjj: (index, a, b) => {
      const stack = exports.emscripten_stack_get_current()
      try {
        exports.__indirect_function_table.get(Number(index))(a, b)
      } catch (error) {
        exports._emscripten_stack_restore(stack)
        if (error !== error + 0) throw error
        exports.setThrew(1n, 0)
      }
    },
    _emscripten_throw_longjmp: () => { throw Infinity }
  }
  const module = await WebAssembly.compile(binary)
  const imports = {}
  for (const each of WebAssembly.Module.imports(module)) (imports[each.module] ??= {})[each.name] = own[each.name] ?? (() => 0)
  exports = (await WebAssembly.instantiate(module, imports)).exports

  const text = string => {
    const bytes = Buffer.from(string + '\0')
    const at = exports.malloc(BigInt(bytes.length))
    if (at === 0n) throw new Error('malloc_failed')
    Buffer.from(exports.memory.buffer).set(bytes, Number(at))
    return at
  }
  return async (memory, message, environment) => {
    if (memory) {
      exports.memory.grow((memory.byteLength - exports.memory.buffer.byteLength) / 65536)
      new Uint8Array(exports.memory.buffer).set(new Uint8Array(memory))
    }
    const m = text(JSON.stringify(message))
    const answer = exports.handle(m, text(JSON.stringify(environment)))
    const bytes = Buffer.from(exports.memory.buffer)
    const { ok, response } = JSON.parse(bytes.subarray(Number(answer), bytes.indexOf(0, Number(answer))).toString())
    if (!ok) throw response
    return { Memory: bytes.buffer.slice(0), ...response }
  }
}
