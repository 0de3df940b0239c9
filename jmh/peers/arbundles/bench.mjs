// Times the reference libraries on the items of ItemVerificationBenchmark: from bytes to the verdict, one after the other.
// node bench.mjs valid.jsonl.gz     prints one JSON line for each library and signature type
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { performance } from 'node:perf_hooks'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const ITEM_BYTES_MAX = 8 << 10
const SECONDS = 2
const types = { 1: 'ARWEAVE', 3: 'ETHEREUM', 2: 'ED25519', 4: 'SOLANA' }
const vectors = gunzipSync(await readFile(process.argv[2])).toString().trim().split('\n').map((line) => JSON.parse(line))
  .map((vector) => ({ type: vector.signatureType, raw: Buffer.from(vector.raw, 'base64url') }))
  .filter(({ raw }) => raw.length <= ITEM_BYTES_MAX)

async function round(DataItem, items) {
  for (const item of items) {
    if (!await DataItem.verify(item)) throw new Error('a valid item was refused')
  }
}

for (const name of ['arbundles', '@dha-team/arbundles']) {
  const { DataItem } = require(name)
  const { version } = require(`./node_modules/${name}/package.json`)
  for (const [code, type] of Object.entries(types)) {
    // What this library itself refuses (a Solana text signed as bytes) is not timed.
    const items = []
    for (const { type: own, raw } of vectors) {
      if (own === Number(code) && await DataItem.verify(raw).catch(() => false)) items.push(raw)
    }
    const perItem = []
    const end = performance.now() + SECONDS * 1000
    while (performance.now() < end) {
      const start = performance.now()
      await round(DataItem, items)
      perItem.push((performance.now() - start) * 1000 / items.length)
    }
    perItem.sort((a, b) => a - b)
    console.log(JSON.stringify({
      peer: `${name} ${version}, Node.js ${process.version}`, benchmark: `parseAndVerify ${type}`, items: items.length,
      rounds: perItem.length, usPerOp: Number(perItem[perItem.length >> 1].toFixed(1)), best: Number(perItem[0].toFixed(1)),
    }))
  }
}
process.exit(0)
