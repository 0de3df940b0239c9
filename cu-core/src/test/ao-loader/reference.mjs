// Evaluates sequences of messages with the reference's loader, driven as the reference's compute unit drives it.
//
// request: { wasm, format, computeLimit?, fresh, hashes, steps: [{ message, environment }] }; message and environment are JSON texts
// answer:  { steps: [{ response…, memoryBytes, gasUsed, kept } or { thrown: { kind, message }, kept: false }], memorySha256 },
//          or { fault } when the request itself is wrong
// fresh: a new instance for every message, the memory handed in. Otherwise the instance stays for the next message, and a new one
//        takes its place where the two could differ: after an error, and when a message reads the clock or touches files.
import fs from 'node:fs'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

/**
 * The loader's promise stays open for ever in some cases. Nothing here waits for anything but the guest: a loop of events that had
 * nothing to do in so many looks will never have.
 */
const LOOKS_MAX = 4
const LOOK_MS = 100
/** What looking itself takes at most. */
const QUIET_MS = 10
/** A longer response is answered by length and hash only. */
const RESPONSE_BYTES_MAX = 64 * 1024
/** First messages whose memory is kept: a metered one takes seconds. */
const SPAWNS_MAX = 8
/** Bytes. */
const PAGE = 65536
const ZEROS = Buffer.alloc(PAGE)

const original = { now: Date.now, random: Math.random, performanceNow: performance.now, parse: JSON.parse }
const loop = performance.eventLoopUtilization.bind(performance)
console.log = console.error = console.warn = console.info = () => {}
const silent = console.log

// The loader parses the guest's answer with JSON.parse: that is how an answer is known to have been there.
let answered = false
JSON.parse = function (text, ...rest) {
  answered = true
  return original.parse.call(JSON, text, ...rest)
}
process.on('unhandledRejection', () => {})
process.on('disconnect', () => process.exit(0))

const AoLoader = createRequire(import.meta.url)('@permaweb/ao-loader')
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')

// Instances ---------------------------------------------------------------------------------------------------------------

const modules = new Map()

async function compiled (wasm, format) {
  const key = `${format} ${wasm}`
  // The loader's own compile: it instruments the metered formats.
  if (!modules.has(key)) modules.set(key, await WebAssembly.compile(fs.readFileSync(wasm), { format }))
  return modules.get(key)
}

/** Calls whose answers depend on what an instance did before: its clock and its files. */
const remembers = name => /^(__syscall_|fd_|emscripten_date_now$|emscripten_get_now$)/.test(name)

/** A promise that fails once the loop of events has nothing more to do. */
class Hang {
  #timer
  #quiet = 0
  #seen = loop()
  promise = new Promise((resolve, reject) => {
    this.#timer = setInterval(() => this.#look(reject), LOOK_MS)
  })

  #look (reject) {
    const now = loop()
    this.#quiet = now.active - this.#seen.active < QUIET_MS ? this.#quiet + 1 : 0
    this.#seen = now
    if (this.#quiet === LOOKS_MAX) reject(new Error('hang'))
  }

  stop () {
    clearInterval(this.#timer)
  }
}

class Instance {
  exports = null
  pointer = null
  evaluations = 0
  /** Whether a message but the first asked for what an earlier one may have changed. */
  remembered = false

  static async of (module, format, computeLimit) {
    // The loader replaces these for the whole program; each instance starts from the originals.
    Date.now = original.now
    Math.random = original.random
    performance.now = original.performanceNow
    console.log = silent
    const instance = new Instance()
    let failed
    // An error in here never reaches the loader's own promise.
    const failure = new Promise((resolve, reject) => { failed = reject })
    const instantiate = (imports, receive) => {
      WebAssembly.instantiate(module, instance.watched(imports)).then(i => {
        instance.exports = i.exports
        const handle = (...args) => (instance.pointer = i.exports.handle(...args))
        receive({ exports: { ...i.exports, handle } })
      }).catch(failed)
      return {}
    }
    const options = { format, memoryLimit: '500-mb', UNSAFE_MEMORY: true }
    if (computeLimit) options.computeLimit = computeLimit
    instance.handle = await Promise.race([AoLoader(instantiate, options), failure])
    return instance
  }

  watched (imports) {
    const watch = functions => Object.fromEntries(Object.entries(functions).map(([name, f]) =>
      [name, remembers(name) && typeof f === 'function' ? this.watch(f) : f]))
    return Object.fromEntries(Object.entries(imports).map(([module, functions]) => [module, watch(functions)]))
  }

  watch (f) {
    return (...args) => {
      if (this.evaluations > 1) this.remembered = true
      return f(...args)
    }
  }

  /** Evaluates; memory null leaves that of the instance. */
  async evaluate (memory, message, environment, metered) {
    this.evaluations++
    this.pointer = null
    const record = {}
    let result = null
    const hang = new Hang()
    answered = false
    try {
      result = await Promise.race([this.handle(memory, message, environment), hang.promise])
    } catch (error) {
      record.thrown = thrownOf(error)
    } finally {
      hang.stop()
      console.log = silent
    }
    if (answered) Object.assign(record, this.response())
    if (result) {
      const { Memory, GasUsed, Patches, ...rest } = result
      record.result = rest
      if (metered) record.gasUsed = GasUsed
    }
    record.kept = Boolean(result) && !result.Error && !ranOutOfMemory(result.Output)
    return { record, memory: record.kept ? new Uint8Array(result.Memory) : null }
  }

  /** The answer's bytes as the guest left them. */
  response () {
    const memory = Buffer.from(this.exports.memory.buffer)
    const start = Number(this.pointer)
    const end = memory.indexOf(0, start)
    const bytes = memory.subarray(start, end < 0 ? memory.length : end)
    return {
      responseBytes: bytes.length,
      responseSha256: sha256(bytes),
      ...(bytes.length <= RESPONSE_BYTES_MAX && { response: bytes.toString('utf8') })
    }
  }
}

function thrownOf (error) {
  if (typeof error === 'string') return { kind: 'guest', message: error }
  if (!(error instanceof Error)) return { kind: 'value', message: JSON.stringify(error) ?? String(error) }
  return { kind: error.constructor.name, message: String(error.message).slice(0, 2000) }
}

// Sequences ---------------------------------------------------------------------------------------------------------------

/** What the reference's unit, not its loader, takes for a reason to forget the memory (servers/cu/src/domain/lib/evaluate.js). */
function ranOutOfMemory(output) {
  const text = typeof output === 'string' ? output : output?.data?.output
  return typeof text === 'string' && text.endsWith('not enough memory for buffer allocation')
}

/** The memory that a sequence has reached: of 110 MB nearly all is zero, and those pages are neither kept nor written. */
class Kept {
  #pages = []
  length = 0

  save (memory) {
    const bytes = Buffer.from(memory.buffer)
    this.length = bytes.length
    for (let i = 0; i * PAGE < bytes.length; i++) {
      const page = bytes.subarray(i * PAGE, (i + 1) * PAGE)
      if (ZEROS.equals(page)) {
        this.#pages[i] = null
      } else {
        this.#pages[i] ??= Buffer.allocUnsafeSlow(PAGE)
        page.copy(this.#pages[i])
      }
    }
  }

  /** What is handed to the loader: the whole. */
  whole () {
    return this.length === 0 ? null : Buffer.concat(this.pages())
  }

  /**
   * The same, sooner: the loader grows its memory to byteLength, then asks for the length of what it is to copy. By then the pages are
   * there, and nothing is left to copy.
   */
  pagesFor (instance) {
    if (this.length === 0) return null
    const kept = this
    return {
      byteLength: kept.length,
      get length () {
        const bytes = Buffer.from(instance.exports.memory.buffer)
        for (const [i, page] of kept.pages().entries()) {
          const there = bytes.subarray(i * PAGE, (i + 1) * PAGE)
          if (page !== ZEROS || !ZEROS.equals(there)) page.copy(there)
        }
        return 0
      }
    }
  }

  pages () {
    return Array.from({ length: this.length / PAGE }, (_, i) => this.#pages[i] ?? ZEROS)
  }

  /** Of the pages that are not zero, each behind its number, and of the length: a hundredth of the work for the same answer. */
  sha256 () {
    const hash = createHash('sha256')
    const number = Buffer.alloc(8)
    const add = n => { number.writeBigUInt64BE(BigInt(n)); hash.update(number) }
    for (const [i, page] of this.pages().entries()) {
      if (page !== ZEROS) {
        add(i)
        hash.update(page)
      }
    }
    add(this.length)
    return hash.digest('hex')
  }

  copy () {
    const copy = new Kept()
    copy.length = this.length
    copy.#pages = this.pages().map(page => page === ZEROS ? null : Buffer.from(page))
    return copy
  }
}

let kept = new Kept()
const spawns = new Map()

function parsed (text) {
  const value = original.parse.call(JSON, text)
  if (JSON.stringify(value) !== text) throw new Error(`not as JSON.stringify writes it: ${text.slice(0, 500)}`)
  return value
}

async function run ({ wasm, format, computeLimit, fresh, hashes, steps }) {
  const module = await compiled(wasm, format)
  const metered = format.endsWith('-metering')
  const records = []
  const add = record => {
    record.memoryBytes = kept.length
    if (hashes) record.memorySha256 = kept.sha256()
    records.push(record)
  }
  let instance = null
  kept = new Kept()
  for (const [number, { message, environment }] of steps.entries()) {
    const [m, e] = [parsed(message), parsed(environment)]
    const spawn = metered && !fresh && number === 0 ? JSON.stringify([wasm, format, computeLimit, message, environment]) : null
    if (spawn !== null && spawns.has(spawn)) {
      const known = spawns.get(spawn)
      kept = known.kept.copy()
      add({ ...known.record })
      continue
    }
    if (fresh) instance = null
    let handed = null
    if (instance === null) {
      instance = await Instance.of(module, format, computeLimit)
      handed = fresh ? kept.whole() : kept.pagesFor(instance)
    }
    let { record, memory } = await instance.evaluate(handed, m, e, metered)
    if (instance.remembered) {
      instance = await Instance.of(module, format, computeLimit)
      ;({ record, memory } = await instance.evaluate(kept.pagesFor(instance), m, e, metered))
    }
    if (memory === null) {
      instance = null
    } else {
      kept.save(memory)
      if (spawn !== null) {
        if (spawns.size === SPAWNS_MAX) spawns.delete(spawns.keys().next().value)
        spawns.set(spawn, { record: { ...record }, kept: kept.copy() })
      }
    }
    add(record)
  }
  return { steps: records, memorySha256: kept.sha256() }
}

// Sequences share the memory kept and the loader's global replacements: one after the other.
let turn = Promise.resolve()
process.on('message', line => {
  turn = turn.then(async () => {
    let answer
    try {
      answer = await run(original.parse.call(JSON, line))
    } catch (error) {
      answer = { fault: String(error?.stack ?? error).slice(0, 4000) }
    }
    process.send(answer)
    globalThis.gc()
  })
})
