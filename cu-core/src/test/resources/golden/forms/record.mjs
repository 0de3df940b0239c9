// Records what the public loader (@permaweb/ao-loader 0.0.49) answers for a guest, one JSON line an evaluation.
//   npm ci
//   node --experimental-wasm-memory64 record.mjs MODULE.wasm MODULE-FORMAT steps.json FORM.jsonl.gz
// Each evaluation has a new instance, into which the memory of the last one that was kept is put: the reference's own
// commonest case, and the only one in which it does not depend on what ran before.
// The format "hyperbeam" stands for no tag, and hyperbeam.mjs in place of the loader: HyperBEAM itself cannot be asked like this.
// steps.json: {"steps": [{"name", "tags": {…}, "data"?, "times"? of the data, "computeLimit"?, "not"? and "only"?: [endings of
// formats that leave it out, or are the only ones to have it]}]}
import fs from 'node:fs'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { hyperbeam } from './hyperbeam.mjs'

const [modulePath, format, stepsPath, outPath] = process.argv.slice(2)
process.env.TZ = 'UTC'
// The older loaders pass the program's path and arguments on to their guests; without them it is ./this.program.
process.argv.length = 1

const HANG_MS = 3_000
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const original = { now: Date.now, random: Math.random, performanceNow: performance.now, hrtime: process.hrtime, log: console.log, parse: JSON.parse }
let answer = null
// The exact text of the guest's answer is taken from where the loader parses it.
JSON.parse = function (text, ...rest) {
  if (answer && answer.text === null && typeof text === 'string') answer.text = text
  return original.parse.call(JSON, text, ...rest)
}
console.error = console.warn = () => {}
process.on('unhandledRejection', () => {})

const AoLoader = createRequire(import.meta.url)('@permaweb/ao-loader')
const binary = fs.readFileSync(modulePath)
const { steps } = original.parse(fs.readFileSync(stepsPath, 'utf8'))

async function instance (computeLimit) {
  Date.now = original.now
  Math.random = original.random
  performance.now = original.performanceNow
  process.hrtime = original.hrtime
  console.log = original.log
  if (format === 'hyperbeam') return hyperbeam(binary)
  const options = { format, UNSAFE_MEMORY: false }
  if (computeLimit) options.computeLimit = computeLimit
  return AoLoader(Buffer.from(binary), options)
}

function thrownOf (error) {
  if (typeof error === 'string') return { kind: 'guest', message: error }
  if (!(error instanceof Error)) return { kind: 'value', message: JSON.stringify(error) ?? String(error) }
  return { kind: error.constructor.name, message: error.message.slice(0, 2000) }
}

async function evaluate (handle, memory, message, environment) {
  answer = { text: null }
  let timer
  const hang = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error('hang')), HANG_MS) })
  try {
    return { result: await Promise.race([handle(memory, message, environment), hang]), text: answer.text }
  } catch (error) {
    return { thrown: thrownOf(error), text: answer.text }
  } finally {
    clearTimeout(timer)
    answer = null
    console.log = original.log
  }
}

const id = n => String(n).padStart(43, '0')
const list = tags => Object.entries(tags).map(([name, value]) => ({ name, value: String(value) }))
const environment = {
  Process: { Id: 'p'.repeat(43), Owner: 'o'.repeat(43), Tags: list({ 'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Process' }) },
  Module: { Id: 'm'.repeat(43), Owner: 'o'.repeat(43), Tags: [] }
}
let memory = null
let number = 0
const lines = []
for (const step of steps) {
  const named = ending => format.endsWith(ending)
  if (step.not?.some(named) || (step.only && !step.only.some(named))) continue
  const message = {
    Id: id(number), Owner: 'o'.repeat(43), From: 'o'.repeat(43), Target: 'p'.repeat(43), Tags: list(step.tags ?? {}),
    Data: (step.data ?? '').repeat(step.times ?? 1), Module: 'm'.repeat(43), Timestamp: 1000 * number, 'Block-Height': 100 + number
  }
  const handle = await instance(step.computeLimit)
  const { result, thrown, text } = await evaluate(handle, memory, message, environment)
  const memoryKept = Boolean(result) && !result.Error
  const line = { scenario: 'forms', step: number++, name: step.name, format: format === 'hyperbeam' ? '' : format, computeLimit: step.computeLimit ?? 9_000_000_000_000_000,
    message: JSON.stringify(message), environment: JSON.stringify(environment), memoryKept }
  if (thrown) line.thrown = thrown
  if (text !== null && !thrown) line.response = text
  if (result) {
    const { Memory, GasUsed, ...rest } = result
    Object.assign(line, { result: rest, memoryBytes: Memory.byteLength, memorySha256: sha256(Buffer.from(Memory.buffer ?? Memory)), gasUsed: GasUsed })
    if (memoryKept) memory = Memory
  }
  lines.push(JSON.stringify(line))
}
fs.writeFileSync(outPath, gzipSync(lines.join('\n') + '\n', { level: 9 }))
process.exit(0)
