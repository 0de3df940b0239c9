// What the tests share: the network's addresses, a wallet, and waiting with a deadline instead of sleeping.
import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { connect, createDataItemSigner } from '@permaweb/aoconnect'
import { ArweaveSigner, createData } from '@dha-team/arbundles'

export function required(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: this file is run by the build (see AoconnectTest), with the addresses of a running node`)
  return value
}

export const urls = {
  gateway: required('GATEWAY_URL'),
  su: required('SU_URL'),
  mu: required('MU_URL'),
  cu: required('CU_URL'),
}

export const jwk = generateKeyPairSync('rsa', { modulusLength: 4096, publicExponent: 65537 }).privateKey.export({ format: 'jwk' })
export const signer = createDataItemSigner(jwk)
export const ao = connect({ MODE: 'legacy', GATEWAY_URL: urls.gateway, MU_URL: urls.mu, CU_URL: urls.cu })

export async function get(url) {
  const response = await fetch(url)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
}

// Asks until `read` gives something truthy; fails with what it saw last.
export async function until(what, read, seconds = 30) {
  const end = Date.now() + seconds * 1000
  let last
  for (;;) {
    last = await read()
    if (last) return last
    if (Date.now() > end) throw new Error(`not seen within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

// Uploads a wasm file as a module item, as `ao publish` does, and answers its id.
export async function publish(file, format, name) {
  const itemSigner = new ArweaveSigner(jwk)
  const tags = {
    'Data-Protocol': 'ao',
    Variant: 'ao.TN.1',
    Type: 'Module',
    'Module-Format': format,
    'Input-Encoding': 'JSON-1',
    'Output-Encoding': 'JSON-1',
    'Memory-Limit': '1-gb',
    'Compute-Limit': '9000000000000',
    'Content-Type': 'application/wasm',
    Name: name,
  }
  const item = createData(await readFile(file), itemSigner, {
    tags: Object.entries(tags).map(([n, value]) => ({ name: n, value })),
  })
  await item.sign(itemSigner)
  const response = await fetch(`${urls.gateway}/tx/arweave`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', accept: 'application/json' },
    body: item.getRaw(),
  })
  const answer = await response.json()
  if (!response.ok || answer.id !== item.id) throw new Error(`upload refused: ${response.status} ${JSON.stringify(answer)}`)
  return item.id
}

export async function address(url) {
  return (await get(`${url}/`)).json().address
}

// The newest entry of a process's schedule, as the scheduler serves it.
export async function schedule(pid) {
  const page = await get(`${urls.su}/${pid}?process-id=${pid}&limit=1000`)
  return page.json().edges.map((edge) => edge.node)
}

export const tagOf = (tags, name) => tags.find((tag) => tag.name === name)?.value
