// Times the reference loader on the work that Flywheel's evaluation benchmark does, with the same strings.
// node --experimental-wasm-memory64 bench.mjs aos2_0_6.wasm [rounds]     prints one JSON line
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'

const AoLoader = createRequire(import.meta.url)('@permaweb/ao-loader')
const [file, rounds = '1000'] = process.argv.slice(2)
const format = 'wasm64-unknown-emscripten-draft_2024_02_15'
const compiled = await WebAssembly.compile(await readFile(file))
const pid = 'P'.repeat(43)
const owner = 'O'.repeat(43)
const environment = {
  Process: { Id: pid, Owner: owner, Tags: [{ name: 'Data-Protocol', value: 'ao' }, { name: 'Type', value: 'Process' }] },
  Module: { Id: 'M'.repeat(43), Owner: owner, Tags: [{ name: 'Type', value: 'Module' }] },
}
let nonce = 0
const message = (id, data, tags) => ({
  Id: id, Data: data, Owner: owner, Target: pid, From: owner, Tags: tags, Epoch: 0, Nonce: nonce,
  Timestamp: 1700000000000 + nonce++, 'Block-Height': 1600000, Module: 'M'.repeat(43), Cron: false, 'Read-Only': false,
})
const spawn = () => message(pid, '', [{ name: 'Type', value: 'Process' }, { name: 'Module', value: 'M'.repeat(43) }])
const evaluation = (code) => message(String(nonce).padStart(43, 'E'), code, [{ name: 'Action', value: 'Eval' }])

async function loader(options) {
  return AoLoader((info, receive) => {
    WebAssembly.instantiate(compiled, info).then((instance) => receive({ exports: { ...instance.exports } }))
    return {}
  }, { format, ...options })
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b)
  return { rounds: sorted.length, medianMs: sorted[sorted.length >> 1], p99Ms: sorted[Math.floor(sorted.length * 0.99)] }
}

async function timed(work) {
  const start = performance.now()
  const result = await work()
  return { result, ms: performance.now() - start }
}

// Without memory copies: one instance kept, the memory neither handed in nor copied out.
const warm = await loader({ UNSAFE_MEMORY: true })
await warm(null, spawn(), environment)
for (let i = 0; i < 200; i++) await warm(null, evaluation('1+1'), environment)
const times = []
for (let i = 0; i < Number(rounds); i++) {
  const { result, ms } = await timed(() => warm(null, evaluation('1+1'), environment))
  if (result.Output.data !== '2') throw new Error(JSON.stringify(result))
  times.push(ms)
}
const pcalls = []
for (let i = 0; i < 5; i++) {
  const { result, ms } = await timed(() => warm(null, evaluation('for i = 1, 100000 do pcall(error, "x") end return 7'), environment))
  if (result.Output.data !== '7') throw new Error(JSON.stringify(result))
  pcalls.push(ms)
}

// As the reference compute unit calls it: the memory of the message before is handed in, the new one copied out.
const copying = await loader({})
let memory = (await copying(null, spawn(), environment)).Memory
const copied = []
for (let i = 0; i < 40; i++) {
  const { result, ms } = await timed(() => copying(memory, evaluation('1+1'), environment))
  memory = result.Memory
  if (i >= 10) copied.push(ms)
}
console.log(JSON.stringify({
  peer: '@permaweb/ao-loader 0.0.49', node: process.version, evalWarm: summary(times), evalCopying: summary(copied),
  pcalls100k: summary(pcalls),
}))
process.exit(0)
