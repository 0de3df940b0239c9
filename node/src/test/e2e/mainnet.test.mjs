// @permaweb/aoconnect 0.0.98 in mainnet mode against the front of a running node, and the same processes in legacy mode.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, test } from 'node:test'
import { connect, createSigner } from '@permaweb/aoconnect'
import { address, ao, get, jwk, publish, required, schedule, signer as itemSigner, tagOf, until, urls } from './network.mjs'

const url = required('MAINNET_URL')
const signer = createSigner(jwk)
const mainnet = connect({ MODE: 'mainnet', URL: url, signer })
const evaluation = [{ name: 'Action', value: 'Eval' }]
const ID = /^[\w-]{43}$/

let moduleId
let node
let pid

async function evaluate(process, data) {
  const slot = await mainnet.message({ process, tags: evaluation, data })
  assert.equal(typeof slot, 'number')
  return { slot, result: await mainnet.result({ process, slot }) }
}

before(async () => {
  moduleId = await publish(process.env.MODULE_FILE, process.env.MODULE_FORMAT, 'mainnet')
  node = await address(urls.su)
  pid = await mainnet.spawn({ module: moduleId, tags: [{ name: 'Name', value: 'mainnet' }] })
  assert.match(pid, ID)
})

test('the address is plain text that any page may read', async () => {
  const answer = await get(`${url}/~meta@1.0/info/address`)
  assert.equal(answer.text, node)
  assert.match(answer.headers.get('content-type'), /^text\/plain/)
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  assert.equal(answer.headers.get('access-control-expose-headers'), '*')
})

test('a spawn without a scheduler took the node for scheduler and authority', async () => {
  const process = (await schedule(pid))[0].message
  assert.equal(process.id, pid)
  assert.equal(tagOf(process.tags, 'Scheduler'), node)
  assert.equal(tagOf(process.tags, 'Authority'), node)
})

test('a spawn with a scheduler can be used at once', async () => {
  const named = connect({ MODE: 'mainnet', URL: url, signer, SCHEDULER: node })
  const process = await named.spawn({ module: moduleId })
  assert.equal((await evaluate(process, '6*7')).result.Output.data, '42')
})

test('a message has a slot, and the slot a result', async () => {
  const { slot, result } = await evaluate(pid, '1+1')
  assert.equal(result.Output.data, '2')
  assert.equal(result.Error, undefined)
  assert.deepEqual(result.Messages, [])
  const { result: next, slot: after } = await evaluate(pid, 'Counter = (Counter or 0) + 1; return Counter')
  assert.equal(after, slot + 1)
  assert.equal(next.Output.data, '1')
})

test('a message gives its id too, which names its result as well', async () => {
  const { slot, id } = await mainnet.message({ process: pid, tags: evaluation, data: '"by id"', returnMessageId: true, returnAssignmentSlot: true })
  assert.match(id, ID)
  assert.equal((await schedule(pid)).at(slot).message.id, id)
  assert.equal((await mainnet.result({ process: pid, message: id })).Output.data, 'by id')
  assert.equal((await mainnet.result({ process: pid, slot })).Output.data, 'by id')
})

test('an error is a result', async () => {
  const { result } = await evaluate(pid, 'Counter = 99; error("on purpose")')
  assert.match(JSON.stringify(result.Error), /on purpose/)
  assert.match((await evaluate(pid, 'return Counter')).result.Output.data, /(^|\n)1$/)
})

test('reads schedule nothing', async () => {
  const before = (await schedule(pid)).length
  const slot = before - 1
  await mainnet.result({ process: pid, slot })
  await mainnet.results({ process: pid })
  await mainnet.dryrun({ process: pid, tags: evaluation, data: '1' })
  assert.equal((await schedule(pid)).length, before)
})

test('results are those of the newest slot', async () => {
  const { slot } = await evaluate(pid, 'return "newest"')
  const { edges } = await mainnet.results({ process: pid })
  assert.equal(edges.length, 1)
  assert.equal(edges[0].cursor, String(slot))
  assert.equal(edges[0].node.Output.data, 'newest')
})

test('a slot that is not there has no result', async () => {
  await assert.rejects(mainnet.result({ process: pid, slot: 1_000_000 }), /Error getting result/)
  const answer = await get(`${url}/${pid}~process@1.0/compute/results=1000000`)
  assert.equal(answer.status, 404)
  assert.match(answer.json().error, /no slot 1000000 of process/)
})

test('a dry run is the signer\'s and leaves nothing', async () => {
  await evaluate(pid, 'Counter = 5')
  const dry = await mainnet.dryrun({ process: pid, tags: evaluation, data: 'Counter = 77; return Counter' })
  assert.equal(dry.Output.data, '77')
  assert.equal((await evaluate(pid, 'return Counter')).result.Output.data, '5')
})

test('tags of a dry run keep every character that a path can hold', async () => {
  await evaluate(
    pid,
    'Handlers.add("look", "Look", function(m) print(require("json").encode({ m.Tags.Odd, m.Tags.Last })) end)',
  )
  for (const odd of ['a b', 'http://x/y?z=1#top', 'a=b', 'a&b', 'a&b&c&', 'hé😀', '{"x":[1]}', 'a+b', '', ';p=1', "'\"<>\\^`|", '100 %25']) {
    const dry = await mainnet.dryrun({ process: pid, tags: [{ name: 'Action', value: 'Look' }, { name: 'Odd', value: odd }, { name: 'Last', value: 'l' }] })
    const seen = JSON.parse(dry.Output.data)
    // What the client does not escape stands for what it means in a URL, and it writes a path's backslash as a slash.
    assert.deepEqual(seen, [odd.replace('%25', '%').replace('\\', '/'), 'l'], odd)
  }
})

test('one process is used through both modes', async () => {
  const legacy = await ao.spawn({ module: moduleId, scheduler: node, signer: itemSigner, tags: [{ name: 'Authority', value: node }] })
  const first = await evaluate(legacy, 'Shared = 1; return Shared')
  assert.equal(first.result.Output.data, '1')
  const message = await ao.message({ process: legacy, signer: itemSigner, tags: evaluation, data: 'Shared = Shared + 1; return Shared' })
  const seen = await ao.result({ process: legacy, message })
  assert.equal(seen.Output.data, '2')
  assert.deepEqual(await mainnet.result({ process: legacy, slot: first.slot + 1 }), { ...seen, Error: undefined, ...seen })
  assert.equal((await evaluate(legacy, 'return Shared')).result.Output.data, '2')
  const spawned = await ao.message({ process: pid, signer: itemSigner, tags: evaluation, data: 'return ao.id' })
  assert.equal((await ao.result({ process: pid, message: spawned })).Output.data, pid)
})

test('what a process sends is delivered', async () => {
  const other = await mainnet.spawn({ module: moduleId })
  await evaluate(pid, 'Handlers.add("ping", "Ping", function(m) m.reply({ Data = "pong " .. m.Data }) end)')
  await evaluate(other, 'Handlers.add("any", function(m) return m.Action ~= "Eval" end, function(m) Last = m.Data .. "/" .. m.From end)')
  await evaluate(other, `ao.send({ Target = "${pid}", Action = "Ping", Data = "one" })`)
  assert.equal(
    await until('the reply', async () => (await evaluate(other, 'return Last or ""')).result.Output.data),
    `pong one/${pid}`,
  )
})

test('a message to an unknown process is refused', async () => {
  await assert.rejects(mainnet.message({ process: 'B'.repeat(43), tags: [], data: 'x' }), /Error sending message/)
})

test('what is signed as an HTTP request is the signer\'s, in the node\'s item', async () => {
  const wallet = createHash('sha256').update(Buffer.from(jwk.n, 'base64url')).digest('base64url')
  const common = { method: 'POST', 'signing-format': 'httpsig', 'accept-codec': 'application/json', 'Data-Protocol': 'ao', Variant: 'ao.N.1' }
  const forged = { 'From-Process': 'B'.repeat(43), 'From-Authority': node, 'Pushed-For': 'x' }
  const spawned = await mainnet.request({ ...common, ...forged, path: '/push', Type: 'Process', Module: moduleId, Scheduler: node, Authority: node, data: '1' })
  const process = spawned.headers.get('process')
  assert.match(process, ID, await spawned.text())
  const answer = await mainnet.request({
    ...common, ...forged, path: `/${process}~process@1.0/push`, target: process, Type: 'Message', Action: 'Eval', 'X-Odd': 'a; b="c"', data: 'return Owner .. "/" .. ao.id',
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  const { slot, id } = await answer.json()
  assert.equal(slot, 1)
  // aos takes an Eval from the owner alone, and the owner is who signed the spawn.
  assert.equal((await mainnet.result({ process, slot })).Output.data, `${wallet}/${process}`)
  for (const { message } of await schedule(process)) {
    assert.equal(message.owner.address, node)
    const named = message.tags.filter((tag) => /^from-|^pushed-for$/i.test(tag.name))
    assert.deepEqual(named, [{ name: 'From-Process', value: wallet }])
  }
  const { message } = (await schedule(process))[1]
  assert.equal(message.id, id)
  assert.equal(tagOf(message.tags, 'Action'), 'Eval')
  assert.equal(tagOf(message.tags, 'X-Odd'), 'a; b="c"')
  const astray = await mainnet.request({ ...common, path: `/${process}~process@1.0/push`, target: pid, Type: 'Message', data: '1' })
  assert.equal(astray.status, 400)
  assert.match((await astray.json()).error, /target/)
})
