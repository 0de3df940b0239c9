// Second opinions on the modules of a folder, which are named KIND-NUMBER.wasm. Prints a line for each: its name, and for the
// arguments 0 to 15 how `f` ended, with a running hash of what it logged. Beside a module stands afterwards what the reference's
// tools made of it: NAME.made.
//
//   legacy   run by V8, which knows the older exceptions; made: binaryen's translation
//   gas      run by V8 as the reference's metering instruments it (that is made), with the gas used
//   longjmp  run by V8 with the loader's own invoke_ii and _emscripten_throw_longjmp
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import binaryen from 'binaryen'
import metering from '@permaweb/wasm-metering'

const ARGUMENTS = 16
const folder = process.argv[2]

function run (module, kind) {
  const answers = []
  for (let argument = 0; argument < ARGUMENTS; argument++) {
    let hash = 17
    let gas = 0
    let instance
    const imports = {
      env: {
        log: value => { hash = (Math.imul(31, hash) + value) | 0 },
        invoke_ii: (index, a) => {
          const e = instance.exports
          const sp = e.stackSave()
          try {
            return e.table.get(index)(a)
          } catch (thrown) {
            e.stackRestore(sp)
            if (thrown !== thrown + 0) throw thrown
            e.setThrew(1, 0)
            return 0
          }
        },
        _emscripten_throw_longjmp: () => { throw Infinity }
      },
      metering: { usegas: charge => { gas += charge } }
    }
    instance = new WebAssembly.Instance(module, imports)
    let end
    try {
      end = String(instance.exports.f(argument))
    } catch (thrown) {
      if (thrown instanceof WebAssembly.RuntimeError) end = 'trap'
      else if (thrown instanceof WebAssembly.Exception || thrown === Infinity) end = 'exception'
      else throw thrown
    }
    answers.push(kind === 'gas' ? `${end}:${hash}:${gas}` : `${end}:${hash}`)
  }
  return answers
}

const names = readdirSync(folder).filter(name => name.endsWith('.wasm')).sort()
for (const name of names) {
  const wasm = readFileSync(join(folder, name))
  const kind = name.split('-')[0]
  let ran = wasm
  if (kind === 'legacy') {
    const module = binaryen.readBinary(wasm)
    module.setFeatures(binaryen.Features.All)
    module.runPasses(['translate-to-exnref'])
    writeFileSync(join(folder, name + '.made'), module.emitBinary())
    module.dispose()
  } else if (kind === 'gas') {
    ran = metering.meterWASM(wasm, { meterType: 'i32' })
    writeFileSync(join(folder, name + '.made'), ran)
  }
  console.log([name, ...run(new WebAssembly.Module(ran), kind)].join(' '))
}
