// The first family's modules went through a build that gave each import and export one letter. Puts these letters into a
// module that has the readable names, and drops the other exports. usage: node names.mjs MODULE.wasm   (rewritten in place)
import fs from 'node:fs'

const IMPORTS = {
  _emscripten_date_now: 'a', setTempRet0: 'b', fd_close: 'c', __syscall_fcntl64: 'd', __syscall_unlinkat: 'e',
  fd_write: 'f', __syscall_openat: 'g', getTempRet0: 'h', _mktime_js: 'i', _tzset_js: 'j', emscripten_memcpy_big: 'k',
  exit: 'l', system: 'm', strftime: 'n', fd_seek: 'o', _emscripten_throw_longjmp: 'p', emscripten_resize_heap: 'q',
  __syscall_lstat64: 'r', __syscall_renameat: 's', __syscall_rmdir: 't', environ_get: 'u', environ_sizes_get: 'v',
  __syscall_dup3: 'w', invoke_vii: 'x', fd_read: 'y', __syscall_ioctl: 'z', _emscripten_get_now_is_monotonic: 'A',
  _gmtime_js: 'B', _localtime_js: 'C', abort: 'D'
}
const EXPORTS = {
  memory: 'E', __wasm_call_ctors: 'F', handle: 'G', main: 'H', __indirect_function_table: 'I', malloc: 'J',
  __errno_location: 'K', setThrew: 'L', stackSave: 'M', stackRestore: 'N', stackAlloc: 'O'
}
const IMPORT_SECTION = 2
const EXPORT_SECTION = 7
/** Kinds of imports and exports. */
const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3]

const file = process.argv[2]
const wasm = fs.readFileSync(file)
let at = 8

function leb () {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[at++]
    value |= (byte & 127) << shift
    if (byte < 128) return value >>> 0
  }
}

function encoded (value) {
  const bytes = []
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0))
    value >>>= 7
  } while (value > 0)
  return Buffer.from(bytes)
}

function name () {
  const length = leb()
  at += length
  return wasm.subarray(at - length, at).toString()
}

const named = text => Buffer.concat([encoded(Buffer.byteLength(text)), Buffer.from(text)])

/** The bytes from here to after what `read` reads. */
function copied (read) {
  const start = at
  read()
  return wasm.subarray(start, at)
}

function renamedImport () {
  const module = name()
  const own = name()
  const kind = copied(() => { if (wasm[at++] !== FUNCTION) throw new Error(`no function: ${own}`); leb() })
  if (module === 'metering') return [named(module), named(own), kind]
  if (!IMPORTS[own]) throw new Error(`the first family has no import ${own}`)
  return [named('a'), named(IMPORTS[own]), kind]
}

function renamedExport () {
  const own = name()
  const entity = copied(() => { if (![FUNCTION, TABLE, MEMORY, GLOBAL].includes(wasm[at++])) throw new Error(own); leb() })
  return !EXPORTS[own] ? [] : [named(EXPORTS[own]), entity]
}

const parts = [wasm.subarray(0, 8)]
while (at < wasm.length) {
  const id = wasm[at++]
  const length = leb()
  const end = at + length
  let content = wasm.subarray(at, end)
  if (id === IMPORT_SECTION || id === EXPORT_SECTION) {
    const entries = []
    for (let left = leb(); left > 0; left--) entries.push(id === IMPORT_SECTION ? renamedImport() : renamedExport())
    const kept = entries.filter(entry => entry.length > 0)
    content = Buffer.concat([encoded(kept.length), ...kept.flat()])
  }
  parts.push(Buffer.from([id]), encoded(content.length), content)
  at = end
}
fs.writeFileSync(file, Buffer.concat(parts))
