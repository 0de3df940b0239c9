// Evaluates with the reference loader what it is asked to, and says how long each evaluation took.
// One JSON object a line on standard input: {file, format, copying, messages: [JSON text], environment: JSON text, fresh}
// First says who it is. One line of answer: {ns: [..], last: the last result without its memory} or {error}
// A loader instance is kept for each file, format and kind of call; `fresh` makes a new one.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const AoLoader = createRequire(import.meta.url)('@permaweb/ao-loader')
const compiled = new Map()
const kept = new Map()

// copying: as the reference compute unit calls it, the memory handed in and copied out each time. Else one instance's memory stays.
async function loader({ file, format, copying }) {
  const key = `${file} ${format}`
  if (!compiled.has(key)) compiled.set(key, await WebAssembly.compile(await readFile(file), { format }))
  const handle = await AoLoader((info, receive) => {
    WebAssembly.instantiate(compiled.get(key), info).then((instance) => receive({ exports: { ...instance.exports } }))
    return {}
  }, { format, ...(copying ? {} : { UNSAFE_MEMORY: true }) })
  return { handle, memory: null }
}

async function evaluate(request) {
  const key = `${request.file} ${request.format} ${request.copying}`
  if (request.fresh || !kept.has(key)) kept.set(key, await loader(request))
  const running = kept.get(key)
  const environment = JSON.parse(request.environment)
  const ns = []
  let last = null
  for (const text of request.messages) {
    const message = JSON.parse(text)
    const start = process.hrtime.bigint()
    const { Memory, ...result } = await running.handle(running.memory, message, environment)
    ns.push(Number(process.hrtime.bigint() - start))
    if (request.copying && !result.Error) running.memory = Memory
    last = result
  }
  return { ns, last }
}

console.log(JSON.stringify({ peer: '@permaweb/ao-loader 0.0.49', node: process.version }))
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await evaluate(JSON.parse(line)).catch((e) => ({ error: String(e?.stack ?? e) }))
  console.log(JSON.stringify(answer))
}
process.exit(0)
